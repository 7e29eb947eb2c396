/**
 * How long a flow is remembered after its last packet, in seconds: what Linux's conntrack does when nothing is configured,
 * so that what lives under a firewall of the operator's lives here, too. The names in brackets are those of
 * /proc/sys/net/netfilter.
 */
export const flowLimits = {
  /**
   * Until the other side has agreed to a connection, after one side has ended it, and for a connection that was there
   * before its filter (nf_conntrack_tcp_timeout_unacknowledged).
   */
  tcpUnanswered: 300,
  /** nf_conntrack_tcp_timeout_established. */
  tcpEstablished: 432_000,
  /** Of UDP and all else that has ports, until there is an answer (nf_conntrack_udp_timeout). */
  datagramUnanswered: 30,
  /** nf_conntrack_udp_timeout_stream. */
  datagramAnswered: 120,
  /** nf_conntrack_icmp_timeout, nf_conntrack_icmpv6_timeout. */
  echo: 30,
  /** Of protocols without ports (nf_conntrack_generic_timeout). */
  addressPair: 600,
  /** Between the first fragment of a datagram and its last (net.ipv4.ipfrag_time). */
  fragments: 30,
} as const;

/** Protocols that have ports where TCP has them: TCP, UDP, DCCP, SCTP, UDP-Lite. */
export const protocolsWithPorts: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
