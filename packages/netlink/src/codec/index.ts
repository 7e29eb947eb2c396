// The pure half: bytes to plain objects and back, for every protocol this package speaks.
// Must never touch the operating system, nor throw anything but NetlinkDecodeError for bytes from outside and
// RangeError for values that do not fit a request.
export * from './ethtool/index.ts';
export * from './genetlink/index.ts';
export * from './rtnetlink/index.ts';
export { decodeUevent, type Uevent } from './uevent/uevent.ts';
export * from './wire/index.ts';
