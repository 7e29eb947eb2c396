import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, type RouteName, ROUTES, type Transport } from '@virtfn/contract';
import { isSriovError } from '@virtfn/model';
import { Value } from 'typebox/value';
import { ADMIN, NeutronRig } from '../neutron/testing/index.ts';

/** A client without a network between. */
function transportTo({ controller }: NeutronRig, asker: Readonly<Record<string, string>> = ADMIN): Transport {
  return async ({ method, path, body }) => {
    const answer = await controller.server.inject({
      method: method as 'GET',
      url: path,
      headers: {
        ...asker,
        host: 'localhost',
        ...(body === null ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === null ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.body };
  };
}

describe('/virtfn/v1', () => {
  let rig: NeutronRig;
  let client: Client;
  let portId: string;
  before(async () => {
    rig = await NeutronRig.start();
    client = new Client(transportTo(rig));
    const network = await rig.make('networks', 'network', {
      name: 'n',
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
      'provider:segmentation_id': 100,
    });
    const port = await rig.make('ports', 'port', {
      network_id: network.id,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'compute1',
      device_owner: 'compute:nova',
    });
    portId = port.id;
    assert.equal(port['binding:vif_type'], 'hw_veb');
    await rig.controller.fleet.settled();
  });
  after(() => rig[Symbol.asyncDispose]());

  for (const { name, headers, want } of [
    { name: 'an administrator', headers: ADMIN, want: { isAdmin: true } },
    {
      name: 'a member of a project',
      headers: { 'x-roles': 'member', 'x-project-id': 'p1', 'x-user-name': 'ada' },
      want: { userName: 'ada', projectId: 'p1', isAdmin: false, mayWrite: true },
    },
    {
      name: 'who may only look',
      headers: { 'x-roles': 'reader', 'x-project-id': 'p1' },
      want: { isAdmin: false, mayWrite: false },
    },
  ])
    it(`about tells ${name} that it speaks for a fleet, and who is asking`, async () => {
      const answer = await new Client(transportTo(rig, headers)).call('about', {}, null);
      assert.deepEqual([...Value.Errors(ROUTES.about.response, answer)], []);
      assert.equal(answer.serves, 'fleet');
      assert.partialDeepStrictEqual(answer.asker, want);
    });

  const LISTS = [
    'listNics',
    'listPfs',
    'listVfs',
    'listAllocations',
    'listAttachments',
    'listFindings',
    'listMigrations',
    'listSteps',
  ] as const;
  for (const name of LISTS) {
    it(`${name} answers in the form that the contract promises, page by page as well as whole`, async () => {
      const whole = await client.call(name, {}, null, { limit: 1000 });
      assert.deepEqual([...Value.Errors(ROUTES[name].response, whole)], []);
      const rowsOf = (answer: object): unknown[] =>
        Object.values(answer).find(Array.isArray) ?? assert.fail();
      const paged: unknown[] = [];
      let marker: string | null = null;
      do {
        const page: { next: string | null } = await client.call(name, {}, null, {
          limit: 3,
          ...(marker === null ? {} : { marker }),
        });
        assert.ok(rowsOf(page).length <= 3);
        paged.push(...rowsOf(page));
        marker = page.next;
      } while (marker !== null);
      assert.deepEqual(paged, rowsOf(whole));
    });
  }

  const filters: readonly { name: string; count: () => Promise<number>; want: number }[] = [
    {
      name: 'VFs of a port',
      count: async () => (await client.call('listVfs', {}, null, { port: portId })).vfs.length,
      want: 1,
    },
    {
      name: 'VFs that are wanted',
      count: async () => (await client.call('listVfs', {}, null, { state: 'wanted' })).vfs.length,
      want: 1,
    },
    {
      name: 'free VFs of a host',
      count: async () =>
        (await client.call('listVfs', {}, null, { state: 'free', host: 'compute2' })).vfs.length,
      want: 16,
    },
    {
      name: 'VFs on no wire',
      count: async () => (await client.call('listVfs', {}, null, { physicalNetwork: 'nowhere' })).vfs.length,
      want: 0,
    },
    {
      name: 'the VFs of a PCI address',
      count: async () => {
        const { vfs } = await client.call('listVfs', {}, null, { host: 'compute1' });
        const pciAddress = vfs[0]?.vf.pciAddress ?? '';
        return (await client.call('listVfs', {}, null, { pciAddress, host: 'compute2' })).vfs.length;
      },
      want: 1,
    },
    {
      name: 'no PF of a PCI address that is a VF',
      count: async () => (await client.call('listPfs', {}, null, { pciAddress: '0000:82:10.0' })).pfs.length,
      want: 0,
    },
    {
      name: 'PFs of a host',
      count: async () => (await client.call('listPfs', {}, null, { host: 'compute1' })).pfs.length,
      want: 4,
    },
    {
      name: 'PFs without a carrier',
      count: async () => (await client.call('listPfs', {}, null, { link: 'down' })).pfs.length,
      want: 0,
    },
    {
      name: 'allocations of a host',
      count: async () =>
        (await client.call('listAllocations', {}, null, { host: 'compute1' })).allocations.length,
      want: 1,
    },
    {
      name: 'allocations of another host',
      count: async () =>
        (await client.call('listAllocations', {}, null, { host: 'compute2' })).allocations.length,
      want: 0,
    },
    {
      name: 'attachments of a port',
      count: async () =>
        (await client.call('listAttachments', {}, null, { port: portId })).attachments.length,
      want: 1,
    },
    {
      name: 'attachments that failed',
      count: async () =>
        (await client.call('listAttachments', {}, null, { state: 'failed' })).attachments.length,
      want: 0,
    },
    {
      name: 'steps about a port',
      count: async () => (await client.call('listSteps', {}, null, { port: portId })).steps.length,
      want: 1,
    },
    {
      name: 'steps of agents',
      count: async () => (await client.call('listSteps', {}, null, { actor: 'agent' })).steps.length,
      want: 0,
    },
  ];
  for (const { name, count, want } of filters) {
    it(`finds ${name}`, async () => assert.equal(await count(), want));
  }

  it('getVf joins the VF with the attachment of its port', async () => {
    const { vfs } = await client.call('listVfs', {}, null, { port: portId });
    const [row] = vfs;
    assert.ok(row !== undefined);
    const { hostId, pf, vf } = row;
    const found = await client.call('getVf', { hostId, pf, vfIndex: String(vf.vfIndex) }, null);
    assert.deepEqual([...Value.Errors(ROUTES.getVf.response, found)], []);
    assert.equal(found.attachment?.portId, portId);
    assert.equal(found.state, 'wanted');
    await assert.rejects(client.call('getVf', { hostId, pf, vfIndex: '99' }, null), (error) =>
      isSriovError(error, 'VF_UNKNOWN'),
    );
  });

  it('shows the VFs of a host that is gone as unknown', async () => {
    await using other = await NeutronRig.start({ hostGoneAfterMs: 60_000 });
    other.advance(120_000);
    const answer = await new Client(transportTo(other)).call('listVfs', {}, null, { limit: 1 });
    assert.equal(answer.vfs[0]?.state, 'unknown');
  });

  it('says what is wrong with a query', async () => {
    const queries: readonly { name: RouteName; query: string; says: RegExp }[] = [
      { name: 'listVfs', query: 'limit=0', says: /limit/ },
      { name: 'listVfs', query: 'limit=many', says: /limit/ },
      { name: 'listVfs', query: 'hots=x', says: /there is no .*hots/ },
      { name: 'listVfs', query: 'host=a&host=b', says: /host/ },
      { name: 'listHosts', query: 'host=a', says: /there is no .*host/ },
      { name: 'listSteps', query: 'since=yesterday', says: /since|is no time/ },
      { name: 'listSteps', query: 'marker=x', says: /no marker/ },
    ];
    for (const { name, query, says } of queries) {
      const answer = await transportTo(rig)({
        method: 'GET',
        path: `/virtfn/v1${ROUTES[name].path}?${query}`,
        body: null,
      });
      assert.equal(answer.status, 400, query);
      assert.match(answer.body, says, query);
    }
  });
});
