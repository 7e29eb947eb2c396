// What several tests share: daemons of libvirt that a test starts itself, guests, and a daemon that misbehaves.
// Must never touch a daemon, a guest or a file that a test has not made.
export { emptyGuestXml, networkCardXml, tabletXml } from './guest.ts';
export {
  type Libvirtd,
  skipWithoutLibvirtd,
  skipWithoutQemu,
  skipWithoutTwoHosts,
  startLibvirtd,
} from './libvirtd.ts';
export { type FakeClient, FakeDaemon } from './fake-daemon.ts';
export { Told } from './told.ts';
