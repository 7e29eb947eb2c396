/** What a table of nft holds, as text of nft, in the order in which it is written. */
export interface FilterTable {
  readonly sets: readonly FilterSet[];
  readonly chains: readonly FilterChain[];
}

/** A set that packets fill; what is in it leaves it after a time. */
export interface FilterSet {
  readonly name: string;
  /** What its elements are: expressions of nft, joined by dots. */
  readonly key: string;
}

export interface FilterChain {
  readonly name: string;
  /** The hook of the kernel that it stands on; null: other chains lead to it. */
  readonly hook: 'ingress' | 'egress' | null;
  readonly rules: readonly string[];
}

export const countRules = ({ chains }: FilterTable): number =>
  chains.reduce((count, { rules }) => count + rules.length, 0);
