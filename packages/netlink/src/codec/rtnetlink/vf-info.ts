import type { AttributeReader } from '../wire/attribute-reader.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import { IFLA_VF_VLAN_INFO, IflaVf, IflaVfStats, vfLinkStates } from './uapi.ts';

export type VfLinkState = (typeof vfLinkStates)[number];

/** '0x…' for a protocol that is neither. */
export type VlanProtocol = '802.1q' | '802.1ad' | `0x${string}`;

/** A VLAN the card puts on and takes off for the VF; `id` 0 with a `qos` is priority tagging. */
export interface VfVlan {
  readonly id: number;
  readonly qos: number;
  readonly proto: VlanProtocol;
}

/** Counters of one VF. All 0 also when the driver has none: the kernel does not tell the two apart (rtnl_fill_vfinfo). */
export interface VfStats {
  readonly rxPackets: bigint;
  readonly txPackets: bigint;
  readonly rxBytes: bigint;
  readonly txBytes: bigint;
  readonly broadcast: bigint;
  readonly multicast: bigint;
  readonly rxDropped: bigint;
  readonly txDropped: bigint;
}

/** One VF as its PF reports it (IFLA_VF_INFO). */
export interface VfInfo {
  readonly vfIndex: number;
  /** The address set through the PF; "00:00:00:00:00:00" when none was. As long as the PF's own. */
  readonly adminMac: string;
  /** Empty: no VLAN. At most one in kernels up to now (MAX_VLAN_LIST_LEN). */
  readonly vlans: readonly VfVlan[];
  /** Mbit/s; null: no minimum. */
  readonly minTxRateMbps: number | null;
  /** Mbit/s; null: no limit. */
  readonly maxTxRateMbps: number | null;
  /** Null: the driver did not report it. */
  readonly spoofCheck: boolean | null;
  /** Null: the driver did not report it. */
  readonly trust: boolean | null;
  /** 'auto' also from drivers that know no link state: the kernel does not tell the two apart. */
  readonly linkState: VfLinkState | null;
  /** Null unless asked for. */
  readonly stats: VfStats | null;
}

/** What rtnl_fill_vfinfo in net/core/rtnetlink.c puts in a field that the driver left alone. */
const NOT_REPORTED = 0xffff_ffff;

/**
 * Decodes the attributes of one IFLA_VF_INFO. Each struct in it starts with the VF's index.
 *
 * @throws {NetlinkDecodeError} also when the entry has no address, without which it names no VF
 */
export function decodeVf(attributes: AttributeReader, addressLength: number): VfInfo {
  let vfIndex: number | null = null;
  let adminMac = '';
  let plainVlan: readonly VfVlan[] = [];
  let vlans: readonly VfVlan[] | null = null;
  let txRate: number | null = null;
  let rate: { readonly min: number; readonly max: number } | null = null;
  let spoofCheck: boolean | null = null;
  let trust: boolean | null = null;
  let linkState: VfLinkState | null = null;
  let stats: VfStats | null = null;

  while (attributes.next()) {
    switch (attributes.type) {
      case IflaVf.mac:
        vfIndex = attributes.u32();
        adminMac = attributes.address(4, Math.min(addressLength, 32));
        break;
      case IflaVf.vlan: // before Linux 4.9, and still sent
        plainVlan = withoutNone([{ id: attributes.u32(4), qos: attributes.u32(8), proto: '802.1q' }]);
        break;
      case IflaVf.vlanList:
        vlans = decodeVlans(attributes.nest());
        break;
      case IflaVf.txRate: // before Linux 3.15, and still sent
        txRate = attributes.u32(4);
        break;
      case IflaVf.rate:
        rate = { min: attributes.u32(4), max: attributes.u32(8) };
        break;
      case IflaVf.spoofCheck:
        spoofCheck = asBoolean(attributes.u32(4));
        break;
      case IflaVf.trust:
        trust = asBoolean(attributes.u32(4));
        break;
      case IflaVf.linkState:
        linkState = vfLinkStates[attributes.u32(4)] ?? null;
        break;
      case IflaVf.stats:
        stats = decodeStats(attributes.nest());
        break;
      default: // of no use to us, or newer than this code
    }
  }
  if (vfIndex === null) throw new NetlinkDecodeError('a VF', 'no IFLA_VF_MAC', attributes.end);
  return {
    vfIndex,
    adminMac,
    vlans: vlans ?? plainVlan,
    minTxRateMbps: nullIfZero(rate?.min ?? 0),
    maxTxRateMbps: nullIfZero(rate?.max ?? txRate ?? 0),
    spoofCheck,
    trust,
    linkState,
    stats,
  };
}

/** struct ifla_vf_vlan_info: u32 vf, u32 vlan, u32 qos, big-endian u16 protocol. */
function decodeVlans(attributes: AttributeReader): readonly VfVlan[] {
  const vlans: VfVlan[] = [];
  while (attributes.next()) {
    if (attributes.type !== IFLA_VF_VLAN_INFO) continue;
    const proto = vlanProtocol(attributes.bigEndianU16(12));
    vlans.push({ id: attributes.u32(4), qos: attributes.u32(8), proto });
  }
  return withoutNone(vlans);
}

/** VLAN 0 without priority is how the kernel says "none". */
function withoutNone(vlans: readonly VfVlan[]): readonly VfVlan[] {
  return vlans.filter(({ id, qos }) => id !== 0 || qos !== 0);
}

/** ETH_P_8021Q and ETH_P_8021AD, include/uapi/linux/if_ether.h. */
function vlanProtocol(number: number): VlanProtocol {
  if (number === 0x8100) return '802.1q';
  return number === 0x88a8 ? '802.1ad' : `0x${number.toString(16).padStart(4, '0')}`;
}

function decodeStats(attributes: AttributeReader): VfStats {
  const counters: bigint[] = [];
  while (attributes.next()) {
    // 6 is padding; what is newer than this code is passed over.
    if (attributes.type <= IflaVfStats.txDropped && attributes.length >= 8) {
      counters[attributes.type] = attributes.u64();
    }
  }
  const counter = (type: number): bigint => counters[type] ?? 0n;
  return {
    rxPackets: counter(IflaVfStats.rxPackets),
    txPackets: counter(IflaVfStats.txPackets),
    rxBytes: counter(IflaVfStats.rxBytes),
    txBytes: counter(IflaVfStats.txBytes),
    broadcast: counter(IflaVfStats.broadcast),
    multicast: counter(IflaVfStats.multicast),
    rxDropped: counter(IflaVfStats.rxDropped),
    txDropped: counter(IflaVfStats.txDropped),
  };
}

function asBoolean(setting: number): boolean | null {
  return setting === NOT_REPORTED ? null : setting !== 0;
}

function nullIfZero(rate: number): number | null {
  return rate === 0 ? null : rate;
}
