import { after, before } from 'node:test';
import { RpcLibvirt } from '../client/index.ts';
import {
  emptyGuestXml,
  type Libvirtd,
  skipWithoutLibvirtd,
  skipWithoutQemu,
  startLibvirtd,
  tabletXml,
} from '../testing/index.ts';
import { VirshLibvirt } from '../virsh/index.ts';
import { testLibvirt } from './index.ts';

const [withoutLibvirtd, withoutQemu] = [skipWithoutLibvirtd(), skipWithoutQemu()];
const GUEST = 'contract';

let daemon: Libvirtd | null = null;
/** Holds what the test driver has in memory: it is forgotten with the last connection. */
let keeper: RpcLibvirt | null = null;

function running(): Libvirtd {
  if (daemon === null) throw new Error('Cannot test: libvirtd is not started');
  return daemon;
}

before(async () => {
  if (withoutLibvirtd !== false) return;
  daemon = await startLibvirtd();
  keeper = await RpcLibvirt.open({ uri: 'test:///default', socketPath: daemon.socketPath });
  if (withoutQemu !== false) return;
  await using qemu = await RpcLibvirt.open({ uri: 'qemu:///session', socketPath: daemon.socketPath });
  await qemu.domains.start(await qemu.domains.define(emptyGuestXml(GUEST)));
});

after(async () => {
  await keeper?.close();
  if (daemon !== null && withoutQemu === false) {
    await using qemu = await RpcLibvirt.open({ uri: 'qemu:///session', socketPath: daemon.socketPath });
    for (const domain of await qemu.domains.list(['active'])) await qemu.domains.destroy(domain);
  }
  await daemon?.[Symbol.asyncDispose]();
});

type Uri = Parameters<Libvirtd['uriOf']>[0];
const rpc = (uri: Uri) => () => RpcLibvirt.open({ uri, socketPath: running().socketPath });
const virsh = (uri: Uri) => async () => new VirshLibvirt({ uri: running().uriOf(uri) });

for (const [backend, open] of [['RPC', rpc] as const, ['virsh', virsh] as const]) {
  testLibvirt({
    name: `${backend}, test driver`,
    skip: withoutLibvirtd,
    open: open('test:///default'),
    domainName: 'test',
    mayDestroy: true,
    device: null,
    openNodeDevices: open('nodedev:///session'),
  });
  testLibvirt({
    name: `${backend}, QEMU`,
    skip: withoutQemu,
    open: open('qemu:///session'),
    domainName: GUEST,
    mayDestroy: true,
    device: { xml: tabletXml('ua-tablet'), alias: 'ua-tablet' },
    openNodeDevices: null,
  });
}
