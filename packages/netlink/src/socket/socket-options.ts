/** NETLINK_*, include/uapi/linux/netlink.h. */
export const Protocol = { route: 0, kobjectUevent: 15, generic: 16 } as const;

/** Levels and names for setsockopt, as on x86-64 and arm64. */
export const SOL_SOCKET = 1;
export const SO_RCVBUF = 8;
/** Above net.core.rmem_max, with CAP_NET_ADMIN. */
export const SO_RCVBUFFORCE = 33;
export const SOL_NETLINK = 270;
export const NetlinkOption = {
  addMembership: 1,
  /** Acknowledgements without a copy of the request. */
  capAck: 10,
  /** Acknowledgements with the kernel's sentence. */
  extAck: 11,
  /** Dumps look at the whole request, and so can filter. */
  getStrictCheck: 12,
} as const;

/** Errno numbers we act on, as on every Linux but Alpha, MIPS, PA-RISC and SPARC, for which there is no Node. */
export const Errno = { eintr: 4, eagain: 11, enobufs: 105 } as const;
