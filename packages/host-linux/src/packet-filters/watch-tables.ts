import { EventSocket, type NetlinkMessage, splitMessages } from '@virtfn/netlink';
import { NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES, NFPROTO_NETDEV, tableOf } from './kernel-tables.ts';
import { keepWatching } from '../netlink/keep-watching.ts';
import { pciAddressOf } from './table-name.ts';

/** NFNLGRP_NFTABLES, include/uapi/linux/netfilter/nfnetlink.h. */
const TABLES_GROUP = 7;
/**
 * NFT_MSG_NEWTABLE, _DELTABLE, _NEWCHAIN, _DELCHAIN, _NEWRULE, _DELRULE, include/uapi/linux/netfilter/nf_tables.h. What is
 * put into sets is not among them: packets do that.
 */
const CHANGES: ReadonlySet<number> = new Set(
  [0, 2, 3, 5, 6, 8].map((message) => NFNL_SUBSYS_NFTABLES | message),
);

/**
 * Calls the listener when a table of ours was changed, by whomever, or may have been. Where the kernel knows no
 * tables it is called now and then for nothing. Needs root. Returns how to stop.
 */
export function watchTables(listener: () => void): () => void {
  return keepWatching(
    (onBroken) =>
      new EventSocket({
        protocol: NETLINK_NETFILTER,
        groups: [TABLES_GROUP],
        onDatagram: (datagram) => {
          if (splitMessages(datagram).some(isOurs)) listener();
        },
        onOverflow: listener,
        onFailure: onBroken,
      }),
    listener,
  );
}

function isOurs(message: NetlinkMessage): boolean {
  return (
    CHANGES.has(message.type) &&
    message.payload[0] === NFPROTO_NETDEV &&
    pciAddressOf(tableOf(message)) !== null
  );
}
