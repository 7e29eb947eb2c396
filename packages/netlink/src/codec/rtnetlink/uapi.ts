/** enum rtattr_type's message types, include/uapi/linux/rtnetlink.h. */
export const Rtm = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  setLink: 19,
  newRoute: 24,
  getRoute: 26,
  newNeighbour: 28,
  delNeighbour: 29,
  getNeighbour: 30,
} as const;

/** AF_*, include/linux/socket.h. */
export const Family = { unspecified: 0, ipv4: 2, bridge: 7, ipv6: 10 } as const;

/** IFLA_*, include/uapi/linux/if_link.h. */
export const Ifla = {
  address: 1,
  ifname: 3,
  mtu: 4,
  link: 5,
  master: 10,
  operState: 16,
  linkInfo: 18,
  numVf: 21,
  vfInfoList: 22,
  stats64: 23,
  extMask: 29,
  carrier: 33,
  physSwitchId: 36,
  linkNetnsId: 37,
  physPortName: 38,
  propList: 52,
  altIfname: 53,
  permAddress: 54,
  parentDevName: 56,
  parentDevBusName: 57,
} as const;

/** IFLA_INFO_*, inside IFLA_LINKINFO. */
export const IflaInfo = { kind: 1 } as const;

/** IFLA_VF_INFO, the only attribute in IFLA_VFINFO_LIST. */
export const IFLA_VF_INFO = 1;

/** IFLA_VF_*, inside IFLA_VF_INFO. */
export const IflaVf = {
  mac: 1,
  vlan: 2,
  txRate: 3,
  spoofCheck: 4,
  linkState: 5,
  rate: 6,
  stats: 8,
  trust: 9,
  vlanList: 12,
} as const;

/** IFLA_VF_VLAN_INFO, the only attribute in IFLA_VF_VLAN_LIST. */
export const IFLA_VF_VLAN_INFO = 1;

/** IFLA_VF_STATS_*; 6 is padding. */
export const IflaVfStats = {
  rxPackets: 0,
  txPackets: 1,
  rxBytes: 2,
  txBytes: 3,
  broadcast: 4,
  multicast: 5,
  rxDropped: 7,
  txDropped: 8,
} as const;

/** RTEXT_FILTER_*, the bits of IFLA_EXT_MASK. */
export const ExtMask = { vf: 1, skipStats: 8 } as const;

/** IFF_*, include/uapi/linux/if.h. */
export const Iff = { up: 1 } as const;

/** NDA_*, include/uapi/linux/neighbour.h. */
export const Nda = { linkAddress: 2, vlan: 5, master: 9 } as const;
/** NTF_*: on the device itself, not on the bridge it is in. */
export const NTF_SELF = 2;
/** NUD_*: `bridge fdb add … permanent` (also called local) sends both. */
export const Nud = { noArp: 0x40, permanent: 0x80 } as const;

/** RTA_*, include/uapi/linux/rtnetlink.h. */
export const Rta = { outIf: 4, priority: 6, multipath: 9, table: 15 } as const;
/** RTN_UNICAST: leads somewhere, unlike blackhole, unreachable, local … */
export const RTN_UNICAST = 1;
/** RTM_F_CLONED: a cached copy. */
export const RTM_F_CLONED = 0x200;

/** enum ifla_vf_link_state. */
export const vfLinkStates = ['auto', 'enable', 'disable'] as const;
