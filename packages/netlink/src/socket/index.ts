// Netlink sockets: requests with their replies, and multicast events. libc.ts is the only file that calls foreign code.
// Must never know what a message means (that is codec/), never wait without a limit, and never trust a datagram that
// did not come from the kernel.
export { EventSocket, type EventSocketOptions, type OverflowReason } from './event-socket.ts';
export type { NamedRequest } from './exchange.ts';
export { libcSystem } from './libc.ts';
export { NetlinkError, NetlinkTimeout, NetlinkUnavailable } from './netlink-error.ts';
export { NetlinkSocket, type NetlinkSocketOptions, type RequestOptions } from './netlink-socket.ts';
export { Protocol } from './socket-options.ts';
export type { System, SystemCall, Watch } from './system.ts';
