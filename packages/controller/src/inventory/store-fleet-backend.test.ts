import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError, parseHostId } from '@virtfn/model';
import type { DesiredUpdate } from '../agents/index.ts';
import { NeutronRig } from '../neutron/testing/index.ts';
import { beginHistory, putEnrolment } from '../store/index.ts';
import { StoreFleetBackend } from './store-fleet-backend.ts';

const [HERE, THERE] = [parseHostId('compute1'), parseHostId('compute2')];

/** A host's agent, as far as it keeps what it is told of local ports, and counts how often it is told all of them. */
class Follower {
  readonly #backend: StoreFleetBackend;
  readonly #hostId: typeof HERE;
  #revision: number | null = null;
  #macs: readonly string[] = [];
  told = 0;

  constructor(rig: NeutronRig, hostId: typeof HERE) {
    this.#backend = new StoreFleetBackend(rig.store, rig.controller.fleet);
    this.#hostId = hostId;
  }

  async macs(): Promise<readonly string[]> {
    const update: DesiredUpdate = await this.#backend.desiredSince(this.#hostId, this.#revision);
    assert.equal(update.from, this.#revision);
    assert.ok(this.#revision !== null || update.localPorts !== null, 'the full state has them all');
    this.#revision = update.revision;
    if (update.localPorts !== null) {
      this.told += 1;
      // Segments that were made at one time have no order.
      this.#macs = update.localPorts
        .map(({ mac, vlanId, physicalNetwork }) => `${mac} ${physicalNetwork} ${vlanId}`)
        .toSorted();
    }
    return this.#macs;
  }
}

/** Two networks on one wire, of which the first has ports. */
async function startRig() {
  const rig = await NeutronRig.start();
  const network = (vlan: number): ReturnType<NeutronRig['make']> =>
    rig.make('networks', 'network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
      'provider:segmentation_id': vlan,
    });
  const { id: networkId } = await network(150);
  const port = (end: string, values: Readonly<Record<string, unknown>> = {}) =>
    rig.make('ports', 'port', {
      network_id: networkId,
      mac_address: `fa:16:3e:00:00:${end}`,
      device_owner: 'compute:nova',
      'binding:host_id': HERE,
      ...values,
    });
  const local = (end: string): string => `fa:16:3e:00:00:${end} physnet1 150`;
  return { rig, networkId, port, local };
}

describe('StoreFleetBackend.desiredSince() on ports that are no VF’s (pain 8)', () => {
  it('tells a host of them when they come, change, move and go, and not when something else changes', async () => {
    const { rig, networkId, port, local } = await startRig();
    await using _ = rig;
    const [here, there] = [new Follower(rig, HERE), new Follower(rig, THERE)];
    assert.deepEqual(await here.macs(), []);
    assert.deepEqual(await there.macs(), []);

    const tap = await port('01');
    const change = async (values: Readonly<Record<string, unknown>>): Promise<void> => {
      const { status, body } = await rig.put(`ports/${tap.id}`, { port: values });
      assert.equal(status, 200, JSON.stringify(body));
    };
    assert.deepEqual(await here.macs(), [local('01')]);

    await port('02', { 'binding:vnic_type': 'direct' });
    await change({ name: 'web' });
    await port('03', { 'binding:host_id': '' });
    assert.deepEqual(await here.macs(), [local('01')]);
    assert.equal(here.told, 2, 'at first, and when the port came');

    await change({ device_owner: 'network:floatingip' });
    assert.deepEqual(await here.macs(), []);
    await change({ 'binding:host_id': '' });
    await change({ device_owner: 'network:dhcp', mac_address: 'fa:16:3e:00:00:04', 'binding:host_id': HERE });
    assert.deepEqual(await here.macs(), [local('04')]);

    await change({ 'binding:host_id': THERE });
    assert.deepEqual([await here.macs(), await there.macs()], [[], [local('04')]]);

    await rig.post('segments', {
      segment: { network_id: networkId, network_type: 'flat', physical_network: 'physnet2' },
    });
    assert.deepEqual(await there.macs(), [local('04'), 'fa:16:3e:00:00:04 physnet2 null']);

    await rig.delete(`ports/${tap.id}`);
    assert.deepEqual([await here.macs(), await there.macs()], [[], []]);
    assert.deepEqual([here.told, there.told], [5, 4]);
  });

  it('tells an agent that was away of what it has missed', async () => {
    const { rig, port, local } = await startRig();
    await using _ = rig;
    const agent = new Follower(rig, HERE);
    const first = await port('01');
    assert.deepEqual(await agent.macs(), [local('01')]);
    await port('02');
    await rig.delete(`ports/${first.id}`);
    await port('03', { 'binding:vnic_type': 'direct' });
    assert.deepEqual(await agent.macs(), [local('02')]);
    assert.equal(agent.told, 2);
  });

  it('tells an agent all when it was told before a database was restored', async () => {
    const { rig, port } = await startRig();
    await using _ = rig;
    await port('01');
    const backend = new StoreFleetBackend(rig.store, rig.controller.fleet);
    const since = (revision: number): Promise<DesiredUpdate> => backend.desiredSince(HERE, revision);
    const told = await rig.store.revision();
    assert.equal((await since(told)).from, told);
    await rig.store.write('restore', (write) => beginHistory(write, told + 100));
    // By now as many writes were made as before: the number is one of this history, and meant another.
    await port('02');
    for (const revision of [told, told + 99, told + 1000]) {
      const { from, localPorts } = await since(revision);
      assert.deepEqual([from, localPorts?.length], [null, 2], String(revision));
    }
    assert.equal((await since(told + 100)).from, told + 100);
  });

  for (const { owner, want } of [
    { owner: 'compute:az1', want: true },
    { owner: 'network:dhcp', want: true },
    { owner: 'network:router_interface', want: true },
    { owner: 'network:router_gateway', want: true },
    { owner: '', want: true },
    { owner: 'network:floatingip', want: false },
    { owner: 'network:router_interface_distributed', want: false },
  ]) {
    it(`${want ? 'tells' : 'does not tell'} of a port whose owner is "${owner}"`, async () => {
      const { rig, port } = await startRig();
      await using _ = rig;
      await port('01', { device_owner: owner });
      assert.equal((await new Follower(rig, HERE).macs()).length, want ? 1 : 0);
    });
  }
});

describe('StoreFleetBackend.redeemEnrolment()', () => {
  it('admits by a token for any host none that is there, which keeps the token good for a new one', async () => {
    await using rig = await NeutronRig.start();
    const backend = new StoreFleetBackend(rig.store, rig.controller.fleet);
    const expiresAt = new Date(rig.now().getTime() + 3_600_000);
    for (const token of [
      { secretHash: 'any', hostId: null },
      { secretHash: 'own', hostId: HERE },
    ])
      await rig.store.write('make a token', (write) => putEnrolment(write, { ...token, expiresAt }));
    await assert.rejects(backend.redeemEnrolment('any', HERE), (error) =>
      isSriovError(error, 'ENROLMENT_REFUSED'),
    );
    assert.equal(await backend.redeemEnrolment('own', THERE), false);
    assert.equal(await backend.redeemEnrolment('own', HERE), true);
    assert.equal(await backend.redeemEnrolment('any', parseHostId('compute9')), true);
    assert.equal(await backend.redeemEnrolment('any', parseHostId('compute10')), false);
  });
});
