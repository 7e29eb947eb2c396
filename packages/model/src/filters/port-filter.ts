import type { MacAddress } from '../ethernet/index.ts';
import type { IpPrefix } from '../ip/index.ts';

/**
 * What may pass one port, as its security groups and its addresses say; everything else is dropped. What a machine needs to
 * have an address at all passes always: ARP and neighbour discovery for its own addresses, DHCP as a client.
 */
export interface PortFilter {
  /** Frames from the machine carry one of these pairs. Its link-local addresses are among them. */
  readonly sources: readonly FilterSource[];
  readonly rules: readonly FilterRule[];
}

/** Addresses that the machine may send from. */
export interface FilterSource {
  readonly mac: MacAddress;
  readonly prefix: IpPrefix;
}

/** Lets packets pass. There is no order among rules. */
export interface FilterRule {
  /** `ingress` goes to the machine, `egress` comes from it. */
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  /** null: any. */
  readonly match: FilterMatch | null;
  /** The other side: null for any; of one IP version, that of `ethertype`; none in it lets nothing pass. */
  readonly remotes: readonly IpPrefix[] | null;
  /** Whether the answers to what the rule lets pass do, too. */
  readonly isStateful: boolean;
}

export type FilterMatch =
  /** IANA's number, and the destination ports where the protocol has them; null: all. */
  | { readonly kind: 'protocol'; readonly protocol: number; readonly ports: PortRange | null }
  /** ICMP, or ICMPv6 where the rule is about IPv6; null: any. */
  | { readonly kind: 'icmp'; readonly type: number | null; readonly code: number | null };

/** Both ends are in it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}
