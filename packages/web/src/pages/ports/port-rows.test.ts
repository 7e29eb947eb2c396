import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachmentDocument } from '@virtfn/contract';
import type { Network, Port } from '../../neutron/index.ts';
import { isMeant, portRows } from './port-rows.ts';

// Only what the functions look at.
const port = (id: string, values: Partial<Port> = {}): Port =>
  ({
    id,
    name: null,
    networkId: 'n1',
    mac: 'fa:16:3e:00:00:01',
    fixedIps: ['10.0.0.7'],
    vnicType: 'direct',
    hostId: 'compute1',
    vifType: 'hw_veb',
    status: 'ACTIVE',
    isAdminUp: true,
    deviceId: null,
    pciAddress: '0000:82:10.0',
    ...values,
  }) as Port;
const blue = { id: 'n1', name: 'blue' } as Network;
const attachment = (portId: string, vm: Partial<NonNullable<AttachmentDocument['vm']>>): AttachmentDocument =>
  ({
    portId,
    state: 'configured',
    reason: null,
    vm: { domainId: 'uuid', name: null, move: null, ...vm },
  }) as AttachmentDocument;

describe('portRows()', () => {
  it('is ordered as people count', () => {
    const ports = ['web-10', 'web-9', 'web-1'].map((name) => port(name, { name }));
    assert.deepEqual(
      portRows(ports, [], []).map((row) => row.port.name),
      ['web-1', 'web-9', 'web-10'],
    );
  });

  it('names the network, or gives its id while its name is not known', () => {
    assert.deepEqual(
      [[blue], []].map((networks) => portRows([port('a')], networks, [])[0]?.network),
      ['blue', 'n1'],
    );
  });

  it('shows a machine that moves where it still runs', () => {
    const moving = [
      attachment('a', { name: 'here', move: 'departing' }),
      attachment('a', { name: 'there', move: 'arriving' }),
    ];
    for (const attachments of [moving, moving.toReversed()])
      assert.equal(portRows([port('a')], [blue], attachments)[0]?.vm, 'here');
  });
});

describe('isMeant()', () => {
  const [row] = portRows(
    [port('953c7b2e', { name: 'Web' })],
    [blue],
    [attachment('953c7b2e', { name: 'shop-vm' })],
  );
  assert.ok(row !== undefined);
  for (const { name, words, want } of [
    { name: 'nothing at all', words: '', want: true },
    { name: 'its name, in any case', words: 'WEB', want: true },
    { name: 'its id', words: '953c', want: true },
    { name: 'its MAC', words: '3e:00', want: true },
    { name: 'its address', words: '10.0.0.7', want: true },
    { name: 'its network', words: 'blue', want: true },
    { name: 'its host', words: 'compute1', want: true },
    { name: 'its machine', words: 'shop', want: true },
    { name: 'its state', words: 'active', want: true },
    { name: 'two things of it', words: 'blue active', want: true },
    { name: 'one thing of it and another that it has not', words: 'blue failed', want: false },
    { name: 'the end of one thing with the beginning of the next', words: '953cweb', want: false },
  ])
    it(`${want ? 'finds' : 'does not find'} a port by ${name}`, () => {
      assert.equal(isMeant(row, words), want);
    });
});
