/** What of a host is looked at, as its page's address says. Both null: nothing. */
export interface Chosen {
  /** `PF/INDEX`. */
  readonly vf: string | null;
  /** As `Machine` has it. */
  readonly machine: string | null;
}
