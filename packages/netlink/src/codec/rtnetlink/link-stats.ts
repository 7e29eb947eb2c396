import type { AttributeReader } from '../wire/attribute-reader.ts';

/**
 * Counters of a link since its driver began to count. What its VFs pass is in those of some drivers and not in those of
 * others.
 */
export interface LinkStats {
  readonly rxPackets: bigint;
  readonly txPackets: bigint;
  readonly rxBytes: bigint;
  readonly txBytes: bigint;
  readonly rxErrors: bigint;
  readonly txErrors: bigint;
  readonly rxDropped: bigint;
  readonly txDropped: bigint;
  /** Multicast packets received. */
  readonly multicast: bigint;
}

/** Bytes of struct rtnl_link_stats64 up to where `multicast` ends. It has grown and will: what follows is passed over. */
const LENGTH = 72;

/** Decodes IFLA_STATS64; null if it is shorter than any kernel writes it. */
export function decodeLinkStats(attributes: AttributeReader): LinkStats | null {
  if (attributes.length < LENGTH) return null;
  const counter = (place: number): bigint => attributes.u64(8 * place);
  return {
    rxPackets: counter(0),
    txPackets: counter(1),
    rxBytes: counter(2),
    txBytes: counter(3),
    rxErrors: counter(4),
    txErrors: counter(5),
    rxDropped: counter(6),
    txDropped: counter(7),
    multicast: counter(8),
  };
}
