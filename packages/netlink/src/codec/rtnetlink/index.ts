// rtnetlink: links with their VFs, forwarding database, routes. Requests to bytes, replies to plain objects.
// Must never ask the kernel, and never guess: what the kernel did not report is null.
export {
  decodeFdbEntry,
  encodeAddFdb,
  encodeListFdb,
  encodeRemoveFdb,
  type FdbEntry,
  type FdbTarget,
} from './fdb.ts';
export { decodeLink, decodeLinkEvent, type Link, type LinkEvent, type OperState } from './link.ts';
export type { LinkStats } from './link-stats.ts';
export {
  encodeGetLink,
  encodeListLinks,
  encodeSetLink,
  type LinkChange,
  type LinkDetail,
  type LinkSelector,
} from './link-request.ts';
export { decodeRoute, encodeListRoutes, type Route } from './route.ts';
export type { VfInfo, VfLinkState, VfStats, VfVlan, VlanProtocol } from './vf-info.ts';
export { encodeSetVf, type VfAttribute } from './vf-request.ts';
