import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostDocument } from '@virtfn/contract';
import { findOnHost } from './find-on-host.ts';

type PfDocument = HostDocument['pfs'][number];

// Only what the function looks at.
const vf = (vfIndex: number, more: object = {}) => ({
  vfIndex,
  pciAddress: `0000:82:10.${vfIndex}`,
  effectiveMac: null,
  settings: null,
  users: [],
  ...more,
});
const HOST = {
  hostId: 'fish',
  pfs: [
    {
      pciAddress: '0000:82:00.0',
      netdevName: 'eth2',
      mac: '90:e2:ba:00:00:01',
      vfs: [
        vf(0, { settings: { adminMac: '52:54:00:aa:00:01' } }),
        vf(1, { users: [{ kind: 'vfio', process: 'qemu', vm: 'web' }], effectiveMac: '52:54:00:aa:00:02' }),
      ],
    } as unknown as PfDocument,
  ],
  machines: [{ domainId: '00000000-0000-4000-8000-000000000001', name: 'web', state: 'running' }],
} as HostDocument;

describe('findOnHost()', () => {
  for (const { name, given, want } of [
    { name: 'a PF by its address without a domain', given: '82:00.0', want: ['PF eth2'] },
    { name: 'a PF by its interface', given: 'ETH2', want: ['PF eth2'] },
    { name: 'a PF by its MAC', given: '90-E2-BA-00-00-01', want: ['PF eth2'] },
    { name: 'a VF by its address', given: '0000:82:10.1', want: ['VF VF 1 of eth2'] },
    { name: 'a VF by the MAC that was set', given: '52:54:00:AA:00:01', want: ['VF VF 0 of eth2'] },
    { name: 'a VF by the MAC that it has', given: ' 52:54:00:aa:00:02 ', want: ['VF VF 1 of eth2'] },
    {
      name: 'a machine, and the VF that it has',
      given: 'web',
      want: ['VF VF 1 of eth2', 'Virtual machine web'],
    },
    {
      name: 'a machine by its UUID',
      given: '00000000-0000-4000-8000-000000000001',
      want: ['Virtual machine web'],
    },
    { name: 'nothing by a part of a MAC', given: '52:54', want: [] },
  ])
    it(`finds ${name}`, () => {
      assert.deepEqual(
        findOnHost(given, HOST).map((hit) => `${hit.kind} ${hit.name}`),
        want,
      );
    });
});
