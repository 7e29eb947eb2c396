/**
 * A NUMA node of a host and the socket that its processors are in, by the kernel's numbers. A socket may have several
 * nodes (sub-NUMA clustering, nodes per socket).
 */
export interface NumaNode {
  readonly node: number;
  readonly socket: number;
}
