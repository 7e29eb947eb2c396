// ethtool by its old way, structs of fixed length: what its netlink family has no message for.
// Must never call anything: the ioctl is the socket's.
export { type DriverInfo, decodeDriverInfo, encodeGetDriverInfo } from './driver-info.ts';
