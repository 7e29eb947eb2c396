import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type NumaNode, parseDeviceSpecs } from '@virtfn/model';
import { USUAL_SETTINGS } from '../../controller.ts';
import { recordedHost } from '../replay/index.ts';
import { ADMIN, NeutronRig } from '../testing/index.ts';

/** What the route answers: the place, or the error. */
interface Placed {
  readonly status: number;
  readonly hostId?: string;
  readonly pciAddress?: string;
  readonly pf?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

describe('a port that is bound to whichever host has a VF', () => {
  let rig: NeutronRig;
  let networkId: string;
  beforeEach(async () => {
    rig = await NeutronRig.start();
    const values = { 'provider:network_type': 'vlan', 'provider:physical_network': 'physnet1' };
    networkId = (await rig.make('networks', 'network', values)).id;
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const port = async (values: object = {}): Promise<string> =>
    (await rig.make('ports', 'port', { network_id: networkId, 'binding:vnic_type': 'direct', ...values })).id;
  const place = async (portId: string, hostId: string | null = null): Promise<Placed> => {
    const answer = await rig.controller.server.inject({
      method: 'POST',
      url: `/virtfn/v1/ports/${portId}/place`,
      headers: { ...ADMIN },
      payload: { hostId },
    });
    await rig.controller.fleet.settled();
    return { status: answer.statusCode, ...(JSON.parse(answer.body) as object) };
  };
  const shown = async (portId: string) =>
    (await rig.show(`ports/${portId}`)) as Readonly<Record<string, unknown>>;

  it('is on the host that it was put on, and no VF is given twice until all hosts are full', async () => {
    const places = new Set<string>();
    let refusal: Placed | null = null;
    while (refusal === null) {
      const id = await port();
      const placed = await place(id);
      if (placed.status !== 200) refusal = placed;
      else {
        assert.ok(!places.has(`${placed.hostId} ${placed.pciAddress}`), 'it is free');
        places.add(`${placed.hostId} ${placed.pciAddress}`);
        const { 'binding:host_id': host, 'binding:vif_type': type, status } = await shown(id);
        assert.deepEqual([host, type, status], [placed.hostId, 'hw_veb', 'DOWN']);
      }
    }
    assert.deepEqual(
      new Set([...places].map((each) => each.split(' ')[0])),
      new Set(['compute1', 'compute2']),
    );
    assert.deepEqual([refusal.status, refusal.error?.code], [409, 'PORT_UNPLACEABLE']);
  });

  it('goes to the least used PF of all hosts, and back to one that is given back', async () => {
    const ports = await Promise.all(Array.from({ length: 4 }, () => port()));
    const pfs: string[] = [];
    for (const id of ports) {
      const { hostId, pf } = await place(id);
      pfs.push(`${hostId} ${pf}`);
    }
    assert.equal(new Set(pfs).size, 4);
    await rig.delete(`ports/${ports[2]}`);
    const { hostId, pf } = await place(await port());
    assert.equal(`${hostId} ${pf}`, pfs[2]);
  });

  it('is not held to the function that it had, once it was taken from its host', async () => {
    const [first, other] = [await port(), await port()];
    const { hostId = '', pciAddress } = await place(first);
    await rig.put(`ports/${first}`, { port: { 'binding:host_id': '' } });
    assert.equal((await place(other, hostId)).pciAddress, pciAddress);
    const again = await place(first);
    assert.equal(again.status, 200);
    assert.notEqual(`${again.hostId} ${again.pciAddress}`, `${hostId} ${pciAddress}`);
  });

  it('stays where it is: a second time is refused, and so is a host without agent, with the reason', async () => {
    const id = await port();
    assert.equal((await place(id, 'compute2')).hostId, 'compute2');
    assert.equal((await place(id)).error?.code, 'PORT_BOUND');
    assert.equal((await place('nothing')).error?.code, 'PORT_UNKNOWN');
    const nowhere = await place(await port(), 'elsewhere');
    assert.equal(nowhere.error?.code, 'PORT_UNPLACEABLE');
    assert.match(nowhere.error?.message ?? '', /no agent of host "elsewhere" has reported/);
    const normal = await place(await port({ 'binding:vnic_type': 'normal' }));
    assert.match(normal.error?.message ?? '', /ports of kind normal need no VF/);
  });

  it('is apart from the others of its guest where its profile says so, as Nova’s own choice is held to', async () => {
    const ofGuest = { device_id: 'guest', device_owner: 'compute:nova', 'binding:profile': { apart: 'pf' } };
    const first = await place(await port(ofGuest), 'compute1');
    const second = await place(await port(ofGuest), 'compute1');
    assert.equal(second.status, 200);
    assert.notEqual(first.pf, second.pf);
    const third = await place(await port(ofGuest), 'compute1');
    assert.match(third.error?.message ?? '', /shall be apart from/);
    const named = await port({
      ...ofGuest,
      'binding:host_id': 'compute1',
      'binding:profile': { apart: 'pf', pci_slot: first.pciAddress },
    });
    assert.equal((await shown(named))['binding:vif_type'], 'binding_failed');
  });

  it('is near its guest where the profile says where that runs', async () => {
    const near = await port({ numa_affinity_policy: 'required', 'binding:profile': { numa_nodes: [7] } });
    assert.match((await place(near, 'compute1')).error?.message ?? '', /the guest is on 7/);
    const far = await port({ numa_affinity_policy: 'preferred', 'binding:profile': { numa_nodes: '7' } });
    assert.equal((await place(far, 'compute1')).status, 200);
  });

  it('is on a socket of its guest under the policy socket, as far as the host tells its sockets', async () => {
    /** The PFs are on node 0. */
    const tell = async (numaNodes: readonly NumaNode[]): Promise<void> => {
      const report = recordedHost('compute1');
      await rig.controller.report({ ...report, observed: { ...report.observed, numaNodes } });
      await rig.controller.fleet.settled();
    };
    const placed = async (numa_nodes: readonly number[]): Promise<Placed> =>
      place(await port({ numa_affinity_policy: 'socket', 'binding:profile': { numa_nodes } }), 'compute1');
    await tell([
      { node: 0, socket: 0 },
      { node: 1, socket: 0 },
      { node: 2, socket: 1 },
    ]);
    assert.equal((await placed([1])).status, 200);
    assert.equal((await placed([2, 1])).status, 200);
    assert.match((await placed([2])).error?.message ?? '', /on another socket than the guest/);
    assert.match((await placed([3])).error?.message ?? '', /on another socket than the guest/);
    await tell([]);
    assert.equal((await placed([1])).status, 409);
    assert.equal((await placed([0])).status, 200, 'the same node is on the same socket, whichever that is');
  });

  it('gets what may be given out, as the configuration says by now', async () => {
    const settings = USUAL_SETTINGS;
    rig.controller.reconfigure({ ...settings, deviceSpecs: parseDeviceSpecs([{ devname: 'nothing' }]) });
    assert.match(
      (await place(await port(), 'compute1')).error?.message ?? '',
      /no device specification allows it/,
    );
    rig.controller.reconfigure({ ...settings, deviceSpecs: null });
    assert.equal((await place(await port(), 'compute1')).status, 200);
  });
});
