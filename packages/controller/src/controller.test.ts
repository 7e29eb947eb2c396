import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  Client,
  HostListView,
  HostView,
  httpTransport,
  PhysicalNetworkListView,
  PlanView,
} from '@virtfn/contract';
import {
  fishMachine,
  observeMachine,
  setVfDriver,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import {
  finding,
  isSriovError,
  parseHostId,
  parsePciAddress,
  parsePhysicalNetwork,
  parseVlanRanges,
} from '@virtfn/model';
import { Value } from 'typebox/value';
import { Controller, findHost, listen, OpenAuthenticator, openDatabase, Store } from './index.ts';

const PF = parsePciAddress('0000:82:00.0');

function fish(name: string) {
  const machine = fishMachine(new VirtualClock(), parseHostId(name));
  writeSriovNumvfs(machine, machine.pf(PF), 7);
  machine.clock.advance(5000);
  return machine;
}

describe('Controller', () => {
  let folder: string;
  let store: Store;
  let controller: Controller;
  let url: string;
  let client: Client;

  const openStore = async (inside = folder): Promise<Store> =>
    Store.open({
      database: await openDatabase(`sqlite:${path.join(inside, 'controller.db')}`),
      now: () => new Date('2026-01-02T03:04:05Z'),
    });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-controller-'));
    store = await openStore();
    controller = new Controller({
      store,
      version: '1.2.3',
      authenticator: new OpenAuthenticator(),
      settings: { vlanRanges: parseVlanRanges('physnet1:100:1999', parsePhysicalNetwork) },
    });
    await controller.start();
    url = await listen(controller.server, { host: '127.0.0.1', port: 0 });
    client = new Client(httpTransport(url));
  });
  afterEach(async () => {
    await controller.server.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const report = (machine = fish('fish')): Promise<void> =>
    controller.report({
      observed: observeMachine(machine),
      findings: [finding('simulated-host', 'text', 'hint')],
      physicalNetworks: new Map([[PF, [parsePhysicalNetwork('physnet1')]]]),
    });
  const get = async (
    at: string,
    init: RequestInit = {},
  ): Promise<{ status: number; body: unknown; requestId: string | null }> => {
    const response = await fetch(`${url}${at}`, init);
    return {
      status: response.status,
      body: await response.json(),
      requestId: response.headers.get('x-request-id'),
    };
  };

  it('serves hosts, PFs and VFs in the form that the contract promises', async () => {
    await report();
    const list = await client.call('listHosts', {}, null);
    assert.ok(Value.Check(HostListView, list));
    assert.deepEqual(list.hosts[0]?.vfs, { enabled: 7, possible: 28, inUse: 0, quarantined: 0 });
    const host = await client.call('getHost', { hostId: 'fish' }, null);
    assert.deepEqual([...Value.Errors(HostView, host)], []);
    assert.equal(host.simulated, true);
    assert.equal(host.pfs.find((pf) => pf.pciAddress === PF)?.vfs[6]?.pciAddress, '0000:82:11.4');
    const networks = await client.call('listPhysicalNetworks', {}, null);
    assert.ok(Value.Check(PhysicalNetworkListView, networks));
    assert.deepEqual(networks.physicalNetworks, [
      {
        physicalNetwork: 'physnet1',
        vlanRanges: [{ first: 100, last: 1999 }],
        pfs: [{ hostId: 'fish', pf: PF }],
      },
    ]);
  });

  it('plans without changing anything, and says who would lose a VF', async () => {
    const machine = fish('fish');
    const pf = machine.pf(PF);
    setVfDriver(machine, pf, machine.vf(pf, 2), 'vfio-pci');
    machine.addVfUser(pf, 2, { kind: 'vfio', process: 'qemu-system-x86', vm: 'web-1' });
    await report(machine);
    const plan = await client.call('planHost', { hostId: 'fish' }, { pfs: [{ pf: PF, numVfs: 3 }] });
    assert.ok(Value.Check(PlanView, plan));
    assert.deepEqual(plan.steps, []);
    assert.equal(plan.refusals[0]?.code, 'VFS_IN_USE');
    assert.match(plan.refusals[0]?.message ?? '', /VF 2 by virtual machine web-1/);
    assert.equal(pf.numVfs, 7);
  });

  it('has its answers again after a restart, from the disk', async () => {
    await report();
    await store.close();
    const again = await openStore();
    const stored = await again.read('read it', (db) => findHost(db, parseHostId('fish')));
    assert.equal(stored?.observed.pfs.length, 4);
    assert.equal(await again.revision(), 1);
    await again.close();
    store = await openStore();
  });

  it('logs a change for what is new, not for what is the same', async () => {
    const machine = fish('fish');
    await report(machine);
    await report(machine);
    assert.equal((await store.since(0, 10)).length, 1);
    writeSriovNumvfs(machine, machine.pf(PF), 0);
    await report(machine);
    assert.equal((await store.since(0, 10)).length, 2);
  });

  it('keeps its database from other users of the machine', async () => {
    const inner = path.join(folder, 'made');
    const other = await openStore(inner);
    await other.close();
    assert.equal((await stat(inner)).mode & 0o077, 0);
  });

  const json = { 'content-type': 'application/json' };
  const bad: readonly {
    name: string;
    at: string;
    init?: RequestInit;
    status: number;
    code: string;
    message: RegExp;
  }[] = [
    {
      name: 'an unknown path',
      at: '/virtfn/v1/nothing',
      status: 404,
      code: 'ROUTE_UNKNOWN',
      message: /there is nothing there/,
    },
    {
      name: 'an unknown host',
      at: '/virtfn/v1/hosts/none',
      status: 404,
      code: 'HOST_UNKNOWN',
      message: /"none"/,
    },
    {
      name: 'a host name that is none',
      at: '/virtfn/v1/hosts/..%2f..%2fetc',
      status: 400,
      code: 'NAME_INVALID',
      message: /host name/,
    },
    {
      name: 'a malformed PCI address',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: json, body: '{"pfs":[{"pf":"82:00","numVfs":1}]}' },
      status: 400,
      code: 'PCI_ADDRESS_INVALID',
      message: /"82:00"/,
    },
    {
      name: 'a PF that is not there',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: json, body: '{"pfs":[{"pf":"01:00.0","numVfs":1}]}' },
      status: 404,
      code: 'PF_UNKNOWN',
      message: /it has 0000:07:00\.0/,
    },
    {
      name: 'fewer than no VFs',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: json, body: '{"pfs":[{"pf":"82:00.0","numVfs":-1}]}' },
      status: 400,
      code: 'NUM_VFS_INVALID',
      message: /-1 VFs/,
    },
    {
      name: 'a wrong type',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: json, body: '{"pfs":[{"pf":"82:00.0","numVfs":"7"}]}' },
      status: 400,
      code: 'REQUEST_INVALID',
      message: /numVfs must be integer/,
    },
    {
      name: 'a field that does not exist',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: json, body: '{"pfs":[],"force":true}' },
      status: 400,
      code: 'REQUEST_INVALID',
      message: /additional properties/,
    },
    {
      name: 'JSON that is none',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: json, body: '{"pfs":' },
      status: 400,
      code: 'REQUEST_INVALID',
      message: /JSON/,
    },
    {
      name: 'a body that is too long',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: json, body: ' '.repeat(5 * 1024 * 1024) },
      status: 413,
      code: 'REQUEST_INVALID',
      message: /too large/,
    },
    {
      name: 'a body of another kind',
      at: '/virtfn/v1/hosts/fish/plan',
      init: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' },
      status: 415,
      code: 'REQUEST_INVALID',
      message: /Unsupported Media Type/,
    },
  ];
  for (const { name, at, init, status, code, message } of bad) {
    it(`answers ${name} with a code, what it found and what to do`, async () => {
      await report();
      const answer = await get(at, init);
      const { error } = answer.body as {
        error: { code: string; message: string; hint: string; requestId: string };
      };
      assert.equal(answer.status, status);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.notEqual(error.hint, '');
      assert.equal(error.requestId, answer.requestId);
    });
  }

  it('refuses a name that is not this machine’s (DNS rebinding)', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${url}/virtfn/v1/hosts`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(status, 403);
  });

  for (const route of ['/virtfn/v1/enrolment-tokens', '/v2.0/networks'])
    it(`takes no change at ${route} that the page of somebody else has a browser make`, async () => {
      const headers = {
        'content-type': 'text/plain',
        'sec-fetch-site': 'cross-site',
        origin: 'https://evil.example',
      };
      const answer = await fetch(`${url}${route}`, { method: 'POST', headers, body: '{"network":{}}' });
      assert.equal(answer.status, 403);
    });

  it('says in its OpenAPI document what it serves', async () => {
    const { body } = await get('/virtfn/v1/openapi.json');
    const { openapi, paths } = body as { openapi: string; paths: Record<string, object> };
    assert.equal(openapi, '3.1.0');
    assert.deepEqual(Object.keys(paths), [
      '/virtfn/v1',
      '/virtfn/v1/hosts',
      '/virtfn/v1/hosts/{hostId}',
      '/virtfn/v1/hosts/{hostId}/traffic',
      '/virtfn/v1/physical-networks',
      '/virtfn/v1/hosts/{hostId}/plan',
      '/virtfn/v1/hosts/{hostId}/apply',
      '/virtfn/v1/agents',
      '/virtfn/v1/enrolment-tokens',
      '/virtfn/v1/tokens',
      '/virtfn/v1/tokens/{name}',
      '/virtfn/v1/attachments',
      '/virtfn/v1/nics',
      '/virtfn/v1/pfs',
      '/virtfn/v1/vfs',
      '/virtfn/v1/hosts/{hostId}/pfs/{pf}/vfs/{vfIndex}',
      '/virtfn/v1/allocations',
      '/virtfn/v1/findings',
      '/virtfn/v1/steps',
      '/virtfn/v1/ports/{portId}/place',
      '/virtfn/v1/ports/{portId}/attach',
      '/virtfn/v1/ports/{portId}/detach',
      '/virtfn/v1/machines',
      '/virtfn/v1/migrations',
      '/virtfn/v1/migrations/{migrationId}',
      '/virtfn/v1/ports/{portId}/explain',
      '/virtfn/v1/events',
    ]);
  });

  it('is ready only while its store answers', async () => {
    assert.equal((await get('/readyz')).status, 200);
    await store.close();
    assert.equal((await get('/healthz')).status, 200);
    assert.equal((await get('/readyz')).status, 503);
    store = await openStore();
  });

  it('says who has the port when it cannot have it', async () => {
    const port = Number(new URL(url).port);
    const second = new Controller({
      store,
      version: '1.2.3',
      authenticator: new OpenAuthenticator(),
    });
    await assert.rejects(
      listen(second.server, { host: '127.0.0.1', port }),
      (error) => isSriovError(error, 'LISTEN_FAILED') && error.message.includes(String(port)),
    );
  });
});
