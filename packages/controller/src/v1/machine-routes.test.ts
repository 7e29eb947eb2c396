import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type AttachmentDocument, Client, type ReportedMachine, ROUTES } from '@virtfn/contract';
import type { PortOutcome } from '@virtfn/contract/agent-link';
import {
  type DomainId,
  type ErrorCode,
  isSriovError,
  parseAttachmentId,
  parseDomainId,
  parseHostId,
  parsePciAddress,
  parsePortId,
} from '@virtfn/model';
import { Value } from 'typebox/value';
import { StoreFleetBackend } from '../inventory/index.ts';
import { ADMIN, NeutronRig } from '../neutron/testing/index.ts';

const WEB1 = parseDomainId('6b8f2f0e-0d0f-4c3c-9d3a-3f6a5d1b7c10');
const OTHER = parseDomainId('11111111-0d0f-4c3c-9d3a-3f6a5d1b7c10');

/** Two hosts with agents, the machine web1 on the first of them, and a port. */
class MachineRig {
  readonly rig: NeutronRig;
  readonly client: Client;
  readonly backend: StoreFleetBackend;
  readonly portId: string;
  readonly networkId: string;

  private constructor(rig: NeutronRig, networkId: string, portId: string) {
    this.rig = rig;
    this.networkId = networkId;
    this.portId = portId;
    this.backend = new StoreFleetBackend(rig.store, rig.controller.fleet);
    this.client = new Client(async ({ method, path, body }) => {
      const answer = await rig.controller.server.inject({
        method: method as 'GET',
        url: path,
        headers: { ...ADMIN, ...(body === null ? {} : { 'content-type': 'application/json' }) },
        ...(body === null ? {} : { payload: body }),
      });
      return { status: answer.statusCode, body: answer.body };
    });
  }

  static async start(): Promise<MachineRig> {
    const rig = await NeutronRig.start();
    const { id: networkId } = await rig.make('networks', 'network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
    });
    const { id: portId } = await rig.make('ports', 'port', { network_id: networkId });
    const machines = new MachineRig(rig, networkId, portId);
    for (const host of ['compute1', 'compute2']) {
      const at = rig.now();
      await machines.backend.connected(parseHostId(host), {
        sessionId: host,
        bootId: 'b',
        version: '0',
        at,
        certifiedAt: at,
      });
    }
    await machines.tell('compute1', [{ domainId: WEB1, name: 'web1', state: 'running' }]);
    return machines;
  }

  async tell(host: string, machines: readonly ReportedMachine[]): Promise<void> {
    const report = this.rig.controller.fleet.report(host);
    assert.ok(report !== undefined);
    await this.rig.controller.report({ ...report, machines });
  }

  attach(given: Partial<Parameters<typeof this.client.call<'attachPort'>>[2]> = {}, portId = this.portId) {
    const body = { vm: 'web1', hostId: null, kind: 'direct', scope: 'live', ...given } as const;
    return this.client.call('attachPort', { portId }, body);
  }

  /** What a host says of an attachment. */
  says(
    host: string,
    { attachmentId, portId }: Pick<AttachmentDocument, 'attachmentId' | 'portId'>,
    outcome: 'configured' | 'prepared' | 'failed',
  ): Promise<void> {
    const ref = { attachmentId: parseAttachmentId(attachmentId), portId: parsePortId(portId) };
    const words: Record<typeof outcome, PortOutcome> = {
      configured: { kind: 'configured', ...ref, settings: null },
      prepared: {
        kind: 'prepared',
        ...ref,
        uri: `qemu+tls://${host}/system`,
        pciAddress: parsePciAddress('0000:af:06.0'),
        netdevName: null,
        bridge: null,
      },
      failed: { kind: 'failed', ...ref, code: 'MIGRATION_FAILED', message: 'Cannot do it', hint: 'Wait' },
    };
    return this.backend.outcomes(parseHostId(host), [words[outcome]]);
  }

  async attachments(): Promise<readonly AttachmentDocument[]> {
    return (await this.client.call('listAttachments', {}, null, { port: this.portId })).attachments;
  }

  /** Expects a refusal. @returns its message */
  async refused(answer: Promise<unknown>, code: ErrorCode): Promise<string> {
    let message = '';
    await assert.rejects(answer, (error) => {
      assert.ok(isSriovError(error, code), String(error));
      ({ message } = error);
      return true;
    });
    return message;
  }
}

describe('attachPort and detachPort', () => {
  let machines: MachineRig;
  beforeEach(async () => {
    machines = await MachineRig.start();
  });
  afterEach(() => machines.rig[Symbol.asyncDispose]());

  it('lists machines of all hosts, with a port or without, by name and UUID', async () => {
    await machines.tell('compute2', [
      { domainId: OTHER, name: 'db1', state: 'shut-off' },
      { domainId: WEB1, name: 'web1', state: 'shut-off' },
    ]);
    const list = async (query: { vm?: string; host?: string }) => {
      const { machines: found } = await machines.client.call('listMachines', {}, null, query);
      return found.map(({ hostId, name, state }) => `${hostId} ${name} ${state}`);
    };
    assert.deepEqual(await list({}), [
      'compute1 web1 running',
      'compute2 db1 shut-off',
      'compute2 web1 shut-off',
    ]);
    assert.deepEqual(await list({ vm: 'web1' }), ['compute1 web1 running', 'compute2 web1 shut-off']);
    assert.deepEqual(await list({ vm: OTHER.toUpperCase() }), ['compute2 db1 shut-off']);
    assert.deepEqual(await list({ host: 'compute1' }), ['compute1 web1 running']);
  });

  it('have the host of a machine plug a port in and take it out, and change nothing the second time', async () => {
    const { rig, portId } = machines;
    const attachment = await machines.attach({ kind: 'failover' });
    assert.deepEqual([...Value.Errors(ROUTES.attachPort.response, attachment)], []);
    assert.deepEqual(
      [attachment.hostId, attachment.state, attachment.vm],
      ['compute1', 'wanted', { domainId: WEB1, name: 'web1', scope: 'live', standby: true, move: null }],
    );
    const desired = await rig.desired('compute1', portId);
    assert.deepEqual(desired?.plug, { domainId: WEB1, scope: 'live', standby: true, move: null });
    const port = await rig.show(`ports/${portId}`);
    assert.deepEqual(
      [port['device_id'], port['binding:vnic_type'], port['status']],
      [WEB1, 'direct', 'DOWN'],
    );
    const revision = await rig.store.revision();
    assert.equal((await machines.attach({ kind: 'failover' })).attachmentId, attachment.attachmentId);
    assert.equal((await rig.show(`ports/${portId}`))['revision_number'], port['revision_number']);
    assert.ok((await rig.store.since(revision, 10)).every(({ kind }) => kind !== 'desired'));
    await machines.says('compute1', attachment, 'configured');
    assert.equal((await rig.show(`ports/${portId}`))['status'], 'ACTIVE');

    const { attachment: dropped } = await machines.client.call('detachPort', { portId }, {});
    assert.equal(dropped?.attachmentId, attachment.attachmentId);
    const left = await rig.show(`ports/${portId}`);
    assert.deepEqual([left['binding:host_id'], left['device_id'], left['status']], ['', '', 'DOWN']);
    assert.equal(await rig.desired('compute1', portId), undefined);
    assert.deepEqual(await machines.client.call('detachPort', { portId }, {}), { attachment: null });
  });

  it('attachPort plugs a port that is bound already with the VF that it has', async () => {
    const { rig, networkId } = machines;
    const { id } = await rig.make('ports', 'port', {
      network_id: networkId,
      'binding:vnic_type': 'macvtap',
      'binding:host_id': 'compute1',
    });
    const before = await rig.desired('compute1', id);
    const attachment = await machines.attach({ kind: null, scope: 'both' }, id);
    const after = await rig.desired('compute1', id);
    assert.equal(attachment.attachmentId, before?.attachmentId);
    assert.deepEqual([after?.vnicType, after?.plug?.scope], ['macvtap', 'both']);
    assert.match(
      await machines.refused(machines.attach({ kind: 'macvtap', scope: 'live' }, id), 'PORT_BOUND'),
      /it has a macvtap VF on host compute1 in virtual machine/,
    );
  });

  it('attachPort needs no report of a machine whose host and UUID are named', async () => {
    const attachment = await machines.attach({ vm: OTHER, hostId: 'compute2' });
    assert.deepEqual([attachment.hostId, attachment.vm?.name], ['compute2', null]);
    assert.match(await machines.refused(machines.attach(), 'PORT_BOUND'), /on host compute2/);
  });

  it('attachPort does not guess between machines of one name, and takes the one that runs of one UUID', async () => {
    await machines.tell('compute2', [{ domainId: OTHER, name: 'web1', state: 'shut-off' }]);
    assert.match(
      await machines.refused(machines.attach(), 'OBJECT_AMBIGUOUS'),
      /on host compute1.*on host compute2/,
    );
    await machines.tell('compute2', [{ domainId: WEB1, name: 'web1', state: 'shut-off' }]);
    assert.equal((await machines.attach()).hostId, 'compute1');
    assert.match(await machines.refused(machines.attach({ vm: 'web2' }), 'VM_UNKNOWN'), /"web2"/);
  });

  it('refuse ports of other kinds, hosts that nobody knows, and what somebody else has plugged', async () => {
    const { rig, networkId } = machines;
    await machines.refused(machines.attach({ kind: null }), 'PORT_UNPLACEABLE');
    await machines.refused(machines.attach({ vm: WEB1, hostId: 'nowhere' }), 'PORT_UNPLACEABLE');
    await machines.refused(machines.attach({}, 'nothing'), 'PORT_UNKNOWN');
    const { id: portId } = await rig.make('ports', 'port', {
      network_id: networkId,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute1',
    });
    await machines.refused(machines.client.call('detachPort', { portId }, {}), 'ATTACHMENT_UNKNOWN');
  });
});

describe('startMigration', () => {
  let machines: MachineRig;
  let source: AttachmentDocument;
  beforeEach(async () => {
    machines = await MachineRig.start();
    source = await machines.attach();
    await machines.says('compute1', source, 'configured');
  });
  afterEach(() => machines.rig[Symbol.asyncDispose]());

  const start = (to = 'compute2') => machines.client.call('startMigration', {}, { vm: 'web1', to });
  const arrivingOf = async (): Promise<AttachmentDocument> => {
    const found = (await machines.attachments()).find(({ vm }) => vm?.move === 'arriving');
    return found ?? assert.fail('nothing arrives');
  };
  const moveOn = async (host: string) =>
    (await machines.rig.desired(host, machines.portId))?.plug?.move ?? null;

  it('takes a VF there, sends the machine when it is prepared, and moves the binding when the port works there', async () => {
    const { rig, client, portId } = machines;
    const { migrationId, ...begun } = await start();
    assert.deepEqual(
      [begun.vm, begun.from, begun.to, begun.state],
      ['web1', 'compute1', 'compute2', 'preparing'],
    );
    const shown = await client.call('getMigration', { migrationId }, null);
    assert.deepEqual([...Value.Errors(ROUTES.getMigration.response, shown)], []);
    const arriving = await arrivingOf();
    assert.deepEqual(await moveOn('compute2'), { kind: 'arriving' });
    assert.equal(await moveOn('compute1'), null, 'not before all is ready there');

    await machines.says('compute2', arriving, 'prepared');
    assert.deepEqual(await moveOn('compute1'), {
      kind: 'departing',
      migrationId,
      destination: {
        attachmentId: arriving.attachmentId,
        uri: 'qemu+tls://compute2/system',
        pciAddress: '0000:af:06.0',
        netdevName: null,
        bridge: null,
      },
    });
    const port = await rig.show(`ports/${portId}`);
    assert.deepEqual([port['status'], port['binding:host_id']], ['ACTIVE', 'compute1']);

    rig.advance(3000);
    await machines.says('compute2', arriving, 'configured');
    const done = await client.call('getMigration', { migrationId }, null);
    assert.deepEqual([done.state, done.reason], ['done', null]);
    assert.equal(Date.parse(done.endedAt ?? '') - Date.parse(done.startedAt), 3000);
    const moved = await rig.show(`ports/${portId}`);
    assert.deepEqual([moved['status'], moved['binding:host_id']], ['ACTIVE', 'compute2']);
    assert.deepEqual(
      (await machines.attachments()).map(({ attachmentId, state, vm }) => [attachmentId, state, vm?.move]),
      [[arriving.attachmentId, 'configured', null]],
    );
    assert.equal(await rig.desired('compute1', portId), undefined);
  });

  const ends: readonly { readonly name: string; readonly end: (migrationId: string) => Promise<unknown> }[] =
    [
      { name: 'the source fails', end: () => machines.says('compute1', source, 'failed') },
      {
        name: 'the destination fails',
        end: async () => machines.says('compute2', await arrivingOf(), 'failed'),
      },
      {
        name: 'the destination’s agent goes',
        end: () => machines.backend.disconnected(parseHostId('compute2'), 'compute2'),
      },
      {
        name: 'it is given up',
        end: (migrationId) => machines.client.call('cancelMigration', { migrationId }, null),
      },
    ];
  for (const { name, end } of ends) {
    it(`leaves everything as it was when ${name}`, async () => {
      const { rig, client, portId } = machines;
      const before = await rig.show(`ports/${portId}`);
      const { migrationId } = await start();
      await machines.says('compute2', await arrivingOf(), 'prepared');
      await end(migrationId);
      const failed = await client.call('getMigration', { migrationId }, null);
      assert.deepEqual([failed.state, failed.reason?.code], ['failed', 'MIGRATION_FAILED']);
      assert.deepEqual(await machines.attachments(), [{ ...source, state: 'configured' }]);
      assert.deepEqual(await rig.show(`ports/${portId}`), before);
      assert.deepEqual([await moveOn('compute1'), await rig.desired('compute2', portId)], [null, undefined]);
      const again = await client.call('cancelMigration', { migrationId }, null);
      assert.equal(again.state, 'failed');
    });
  }

  it('has no way back once the machine runs there', async () => {
    const { client } = machines;
    const { migrationId } = await start();
    await machines.says('compute2', await arrivingOf(), 'prepared');
    await machines.tell('compute2', [{ domainId: WEB1, name: 'web1', state: 'running' }]);
    await machines.refused(client.call('cancelMigration', { migrationId }, null), 'MIGRATION_REFUSED');
    await machines.backend.disconnected(parseHostId('compute2'), 'compute2');
    await machines.says('compute1', source, 'failed');
    assert.equal((await client.call('getMigration', { migrationId }, null)).state, 'moving');
    await machines.says('compute2', await arrivingOf(), 'configured');
    assert.equal((await client.call('getMigration', { migrationId }, null)).state, 'done');
  });

  it('holds the port while it moves', async () => {
    const { rig, portId } = machines;
    await start();
    await machines.refused(machines.client.call('detachPort', { portId }, {}), 'MIGRATION_REFUSED');
    await rig.refused(rig.delete(`ports/${portId}`), 409, 'PortInUse');
    await rig.refused(rig.put(`ports/${portId}`, { port: { 'binding:host_id': '' } }), 409, 'PortInUse');
    assert.match(await machines.refused(start(), 'MIGRATION_REFUSED'), /being moved to host compute2/);
  });

  it('is refused before anything moves, with the reason', async () => {
    const { rig, portId } = machines;
    assert.match(await machines.refused(start('compute1'), 'MIGRATION_REFUSED'), /it is there/);
    await machines.refused(start('nowhere'), 'HOST_UNKNOWN');
    await machines.backend.disconnected(parseHostId('compute2'), 'compute2');
    assert.match(await machines.refused(start(), 'MIGRATION_REFUSED'), /its agent is not connected/);
    const at = rig.now();
    await machines.backend.connected(parseHostId('compute2'), {
      sessionId: 'compute2',
      bootId: 'b',
      version: '0',
      at,
      certifiedAt: at,
    });
    const unplugged: DomainId = OTHER;
    assert.match(
      await machines.refused(
        machines.client.call('startMigration', {}, { vm: unplugged, to: 'compute2' }),
        'MIGRATION_REFUSED',
      ),
      /no port of the fleet is plugged into it/,
    );
    await fill('compute2');
    const message = await machines.refused(start(), 'PORT_UNPLACEABLE');
    assert.match(message, new RegExp(`port ${portId}: host compute2 has no VF for it`));
    assert.equal((await machines.attachments()).length, 1, 'nothing was taken');
    const unready = await rig.make('ports', 'port', { network_id: machines.networkId });
    await machines.attach({}, unready.id);
    assert.match(
      await machines.refused(start(), 'MIGRATION_REFUSED'),
      new RegExp(`port ${unready.id} is wanted`),
    );
  });

  /** Gives all VFs of a host to others. */
  async function fill(host: string): Promise<void> {
    for (;;) {
      const { id } = await machines.rig.make('ports', 'port', {
        network_id: machines.networkId,
        'binding:vnic_type': 'direct',
        'binding:host_id': host,
      });
      if ((await machines.rig.show(`ports/${id}`))['binding:vif_type'] === 'binding_failed') return;
    }
  }
});
