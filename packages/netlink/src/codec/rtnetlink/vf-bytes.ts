// VFs as the kernel writes them, byte by byte from include/uapi/linux/if_link.h and rtnl_fill_vfinfo of Linux 6.12: no
// machine of ours has SR-IOV. Must never use the encoders of this package, which it is there to check.

/** What one VF reports. `spoofCheck` and `trust` are raw u32, 0xffffffff where the driver says nothing. */
export interface VfFacts {
  readonly vf: number;
  readonly mac: readonly number[];
  readonly vlan: number;
  readonly qos: number;
  /** 0x8100 or 0x88a8. */
  readonly proto: number;
  readonly minTxRate: number;
  readonly maxTxRate: number;
  readonly spoofCheck: number;
  readonly trust: number;
  readonly linkState: number;
  /** rx packets, tx packets, rx bytes, tx bytes, broadcast, multicast, rx dropped, tx dropped. */
  readonly stats: readonly bigint[] | null;
}

export const quietVf: VfFacts = {
  vf: 0,
  mac: [0, 0, 0, 0, 0, 0],
  vlan: 0,
  qos: 0,
  proto: 0x8100,
  minTxRate: 0,
  maxTxRate: 0,
  spoofCheck: 0xffff_ffff,
  trust: 0xffff_ffff,
  linkState: 0,
  stats: null,
};

const u8 = (...values: number[]): Buffer => Buffer.from(values);

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, at * 4);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** u16 length with these four bytes, u16 type, payload, padding to 4. The length wraps as the kernel's does. */
export function attribute(type: number, ...payload: readonly Uint8Array[]): Buffer {
  const inside = Buffer.concat(payload);
  const padding = Buffer.alloc((4 - (inside.length % 4)) % 4);
  return Buffer.concat([u16((4 + inside.length) & 0xffff), u16(type), inside, padding]);
}

/** IFLA_VF_INFO: 196 bytes, 296 with counters. */
export function vfInfo(facts: VfFacts): Buffer {
  const { vf, mac, vlan, qos, proto, minTxRate, maxTxRate, spoofCheck, trust, linkState, stats } = facts;
  return attribute(
    1, // IFLA_VF_INFO
    attribute(1, u32(vf), u8(...mac), Buffer.alloc(32 - mac.length)), // IFLA_VF_MAC: 4 + 4 + 32
    attribute(13, u8(255, 255, 255, 255, 255, 255), Buffer.alloc(26)), // IFLA_VF_BROADCAST: 4 + 32
    attribute(2, u32(vf, vlan, qos)), // IFLA_VF_VLAN: 4 + 12
    attribute(6, u32(vf, minTxRate, maxTxRate)), // IFLA_VF_RATE: 4 + 12
    attribute(3, u32(vf, maxTxRate)), // IFLA_VF_TX_RATE: 4 + 8
    attribute(4, u32(vf, spoofCheck)), // IFLA_VF_SPOOFCHK: 4 + 8
    attribute(5, u32(vf, linkState)), // IFLA_VF_LINK_STATE: 4 + 8
    attribute(7, u32(vf, 0xffff_ffff)), // IFLA_VF_RSS_QUERY_EN: 4 + 8
    attribute(9, u32(vf, trust)), // IFLA_VF_TRUST: 4 + 8
    // IFLA_VF_VLAN_LIST: 4 + IFLA_VF_VLAN_INFO 4 + 12 + be16 proto and two bytes of padding
    attribute(12, attribute(1, u32(vf, vlan, qos), u8(proto >> 8, proto & 0xff, 0, 0))),
    ...(stats === null ? [] : [vfStats(stats)]),
  );
}

/** IFLA_VF_STATS: 4 + 8 x (4 + 8), no padding: the kernel aligns them only where it must. */
function vfStats(stats: readonly bigint[]): Buffer {
  const types = [0, 1, 2, 3, 4, 5, 7, 8]; // 6 is IFLA_VF_STATS_PAD
  return attribute(8, ...types.map((type, at) => attribute(type, u64(stats[at] ?? 0n))));
}

/** The payload of RTM_NEWLINK of a PF, with something after the list, as the kernel has. */
export function pfPayload(vfs: readonly VfFacts[]): Buffer {
  return Buffer.concat([
    u8(0, 0, 1, 0), // struct ifinfomsg: family, padding, u16 type ARPHRD_ETHER
    u32(7, 0x1043, 0), // index, flags, change
    attribute(3, Buffer.from('ens1f0\0')), // IFLA_IFNAME
    attribute(1, u8(0x3c, 0xfd, 0xfe, 0, 0, 1)), // IFLA_ADDRESS
    attribute(21, u32(vfs.length)), // IFLA_NUM_VF
    attribute(22, ...vfs.map(vfInfo)), // IFLA_VFINFO_LIST, wraps over 65535 bytes
    attribute(4, u32(9000)), // IFLA_MTU
    attribute(56, Buffer.from('0000:3b:00.0\0')), // IFLA_PARENT_DEV_NAME
  ]);
}
