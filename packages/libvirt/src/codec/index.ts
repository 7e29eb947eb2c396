// The pure half: bytes to plain objects and back. Must never touch the operating system, nor throw anything but
// LibvirtDecodeError for bytes from outside and RangeError for values that do not fit the protocol.
export * from './packet/index.ts';
export * from './remote/index.ts';
export * from './xdr/index.ts';
