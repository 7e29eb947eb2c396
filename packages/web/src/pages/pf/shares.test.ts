import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttachmentDocument, HostDocument } from '@virtfn/contract';
import { sharesOf } from './shares.ts';

type PfDocument = HostDocument['pfs'][number];
type VfDocument = PfDocument['vfs'][number];

const PF = '0000:82:00.0';
const settings = {
  adminMac: null,
  vlan: null,
  spoofCheck: null,
  trust: null,
  linkState: 'auto',
  minTxRateMbps: 0,
  maxTxRateMbps: 500,
} as const;
const vf = (vfIndex: number, differences: Partial<VfDocument>): VfDocument => ({
  vfIndex,
  pciAddress: `0000:82:10.${vfIndex}`,
  driver: null,
  netdevName: null,
  effectiveMac: null,
  mtu: null,
  settings,
  users: [],
  vfRepresentor: null,
  iommuGroup: null,
  attachmentId: null,
  ...differences,
});
const attachment = (vfIndex: number, vm: AttachmentDocument['vm'], pf = PF) =>
  ({ pf, vfIndex, portId: `port-${vfIndex}`, vm }) as AttachmentDocument;

test('sharesOf() lists who has a VF, with the rates that the kernel shows, where 0 is none', () => {
  const vm = { domainId: 'd', name: 'web1', scope: 'live', standby: false, move: null } as const;
  const pf = {
    pciAddress: PF,
    vfs: [
      vf(0, { attachmentId: 'a0', users: [{ kind: 'vfio', process: 'qemu', vm: 'other' }] }),
      vf(1, { attachmentId: 'a1', settings: { ...settings, minTxRateMbps: 100, maxTxRateMbps: null } }),
      vf(2, { attachmentId: 'host.0000-82-00-0.2' }),
      vf(3, { users: [{ kind: 'vfio', process: 'qemu-system-x86', vm: null }] }),
      vf(4, { users: [{ kind: 'network-namespace', name: 'blue' }], settings: null }),
      vf(5, {}),
    ],
  } as unknown as PfDocument;
  const shares = sharesOf(pf, [attachment(0, vm), attachment(1, null), attachment(5, vm, '0000:99:00.0')]);
  assert.deepEqual(
    shares.map(({ vfIndex, portId, owner, minMbps, maxMbps }) => [vfIndex, portId, owner, minMbps, maxMbps]),
    [
      [0, 'port-0', 'web1', null, 500],
      [1, 'port-1', 'no machine yet', 100, null],
      [2, null, 'its host, by host.yaml', null, 500],
      [3, null, 'qemu-system-x86', null, 500],
      [4, null, 'network namespace blue', null, null],
    ],
  );
});
