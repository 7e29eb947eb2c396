/** Something that was found. */
export interface Hit {
  readonly kind: 'Host' | 'PF' | 'VF' | 'Port' | 'Virtual machine';
  /** Where it is shown. */
  readonly href: string;
  readonly name: string;
  /** In a few words; empty: nothing. */
  readonly more: string;
}
