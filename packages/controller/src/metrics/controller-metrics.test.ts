import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '@virtfn/agent';
import { enrolHost } from '@virtfn/host-program/enrol';
import { FleetMember } from '@virtfn/host-program/link';
import { fishMachine, observeMachine, VirtualClock } from '@virtfn/host-simulator';
import { parseHostId, parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import { CertificateAuthority, createAuthorityPems } from '../agents/index.ts';
import { Controller, USUAL_SETTINGS } from '../controller.ts';
import { identityOf, OpenAuthenticator, refuseCredentials } from '../auth/index.ts';
import { listen } from '../http/index.ts';
import { openDatabase, Store } from '../store/index.ts';
import {
  DATABASES,
  type DatabaseRig,
  exposedMetrics,
  runPromtool,
  skipWithoutPromtool,
} from '../testing/index.ts';
import { CONTROLLER_METRICS } from './index.ts';

const NOW = new Date('2026-01-02T03:04:05Z');

/** The series of a metric, `{labels} value` each. */
function seriesOf(text: string, name: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.map((line) => line.slice(name.length).trimStart());
}

for (const { name, skip, open } of DATABASES) {
  describe(`the metrics of a controller on ${name}`, { skip }, () => {
    let rig: DatabaseRig;
    let store: Store;
    let controller: Controller;
    let now = NOW;
    before(async () => {
      rig = await open();
      store = await Store.open({ database: await openDatabase(await rig.createDatabase()), now: () => now });
      controller = new Controller({
        store,
        version: '1.2.3',
        authenticator: new OpenAuthenticator(),
        settings: {
          vlanRanges: parseVlanRanges('physnet1:100:1999', parsePhysicalNetwork),
          quotas: { ...USUAL_SETTINGS.quotas, port: -1 },
        },
        now: () => now,
      });
      await controller.start();
    });
    after(async () => {
      await controller.server.close();
      await store.close();
      await rig.dispose();
    });

    const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
      controller.server.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
    const scrape = async (): Promise<string> => (await ask('GET', '/metrics')).body;
    const createPort = async (networkId: string): Promise<string> => {
      const answer = await ask('POST', '/v2.0/ports', { port: { network_id: networkId } });
      assert.equal(answer.statusCode, 201);
      return answer.json<{ port: { id: string } }>().port.id;
    };
    const createNetwork = async (): Promise<string> =>
      (await ask('POST', '/v2.0/networks', { network: {} })).json<{ network: { id: string } }>().network.id;

    it('counts ports by status, also those that come and go', async () => {
      const network = await createNetwork();
      const [first] = [await createPort(network), await createPort(network)];
      const portsNow = async (): Promise<readonly string[]> => seriesOf(await scrape(), 'virtfn_ports');
      const want = (down: number): readonly string[] => [
        '{status="ACTIVE"} 0',
        '{status="BUILD"} 0',
        `{status="DOWN"} ${down}`,
        '{status="ERROR"} 0',
      ];
      assert.deepEqual(await portsNow(), want(2));
      await createPort(network);
      assert.deepEqual(await portsNow(), want(3));
      assert.equal((await ask('DELETE', `/v2.0/ports/${first}`)).statusCode, 204);
      assert.deepEqual(await portsNow(), want(2));
      assert.deepEqual((await Promise.all([portsNow(), portsNow()]))[1], want(2), 'two who ask at once');
    });

    it('tells administrators whose each port is, of more ports than fit on a page', async () => {
      const network = await createNetwork();
      const already = seriesOf((await ask('GET', '/metrics/ports')).body, 'virtfn_port_info').length;
      const ids: string[] = [];
      for (let made = 0; made < 510; made += 1) ids.push(await createPort(network));
      const answer = await ask('GET', '/metrics/ports');
      const series = seriesOf(answer.body, 'virtfn_port_info');
      assert.equal(series.length, already + ids.length);
      for (const id of ids)
        assert.ok(
          series.some(
            (each) => each.startsWith(`{port="${id}",`) && each.includes(`,network="${network}",host=""} 1`),
          ),
        );
    });

    it('counts and times requests by route, and never by path', async () => {
      await ask('GET', '/v2.0/ports/8f071569-076f-4c90-afe0-021bd7c2d3ab');
      await ask('GET', '/healthz');
      await ask('GET', '/nothing/at/all');
      const text = await scrape();
      const requests = seriesOf(text, 'virtfn_controller_api_requests_total');
      for (const want of [
        '{method="GET",route="/v2.0/ports/:id",status="4xx"} 1',
        '{method="GET",route="/healthz",status="2xx"} 1',
        '{method="GET",route="none",status="4xx"} 1',
      ])
        assert.ok(requests.includes(want), `${want} among ${requests.join('\n')}`);
      assert.match(
        text,
        /^virtfn_controller_api_request_duration_seconds_count\{method="GET",route="\/v2\.0\/ports\/:id"\} 1$/m,
      );
      assert.ok(!text.includes('8f071569'), 'nobody is named');
    });

    it('counts who follows events', async () => {
      const url = await listen(controller.server, { host: '127.0.0.1', port: 0 });
      const followers = async (): Promise<string | undefined> =>
        seriesOf(await scrape(), 'virtfn_controller_event_subscribers')[0];
      const leaving = new AbortController();
      await fetch(`${url}/virtfn/v1/events`, { signal: leaving.signal });
      while ((await followers()) !== '1') await new Promise(setImmediate);
      leaving.abort();
      while ((await followers()) !== '0') await new Promise(setImmediate);
    });

    it('times writes, those that were refused apart', async () => {
      const count = async (result: string): Promise<number> => {
        const pattern = new RegExp(`store_write_duration_seconds_count\\{result="${result}"\\} (\\d+)`);
        return Number(pattern.exec(await scrape())?.[1]);
      };
      const [done, failed] = [await count('done'), await count('failed')];
      await store.write('try', async () => {});
      await assert.rejects(
        store.write('try', async () => {
          throw new RangeError('refused');
        }),
      );
      assert.deepEqual([await count('done'), await count('failed')], [done + 1, failed + 1]);
    });

    it('counts hosts that are alive and gone', async () => {
      const report = (host: string): Promise<void> =>
        controller.report({
          observed: observeMachine(fishMachine(new VirtualClock(), parseHostId(host))),
          findings: [],
          physicalNetworks: new Map(),
        });
      await report('one');
      await report('two');
      now = new Date(now.getTime() + 80_000);
      await report('two');
      assert.deepEqual(seriesOf(await scrape(), 'virtfn_hosts'), ['{state="alive"} 1', '{state="gone"} 1']);
    });

    it('are named as in the catalogue, each once, and promtool finds nothing wrong', {
      skip: skipWithoutPromtool(),
    }, async () => {
      const [ofAll, ofPorts] = [await scrape(), (await ask('GET', '/metrics/ports')).body];
      const named = [...exposedMetrics(ofAll), ...exposedMetrics(ofPorts)].toSorted();
      assert.deepEqual(
        named,
        Object.values(CONTROLLER_METRICS)
          .map((metric) => metric.name)
          .toSorted(),
      );
      for (const text of [ofAll, ofPorts]) assert.equal(runPromtool(['check', 'metrics'], text), '');
    });
  });
}

describe('GET /metrics', () => {
  it('is for everybody, and what names projects for administrators alone', async () => {
    const rig = await (DATABASES[0]?.open ?? assert.fail('there is SQLite'))();
    const database = await openDatabase(await rig.createDatabase());
    const store = await Store.open({ database, now: () => NOW });
    const { server } = new Controller({
      store,
      version: '1.2.3',
      authenticator: {
        isOpen: false,
        authenticate: async ({ authorization }) => {
          if (typeof authorization !== 'string') throw refuseCredentials('none');
          return identityOf({ userId: 'u', userName: 'u' }, 'p1', [authorization.slice('Bearer '.length)]);
        },
        challenge: () => ({}),
      },
    });
    const cases: readonly { name: string; url: string; role?: string; want: number }[] = [
      { name: 'nobody in particular', url: '/metrics', want: 200 },
      { name: 'nobody in particular', url: '/metrics/ports', want: 401 },
      { name: 'a member', url: '/metrics/ports', role: 'member', want: 403 },
      { name: 'an administrator', url: '/metrics/ports', role: 'admin', want: 200 },
    ];
    for (const { name, url, role, want } of cases) {
      const headers = role === undefined ? {} : { authorization: `Bearer ${role}` };
      assert.equal((await server.inject({ url, headers })).statusCode, want, `${name} asks for ${url}`);
    }
    await store.close();
    const { statusCode, body } = await server.inject({ url: '/metrics' });
    assert.equal(statusCode, 200, 'also while the database is away');
    assert.deepEqual(seriesOf(body, 'virtfn_ports'), []);
    assert.equal(seriesOf(body, 'virtfn_hosts').length, 2);
    await server.close();
    await rig.dispose();
  });
});

describe('virtfn_controller_agents_connected', () => {
  it('counts agents that come and go', async () => {
    const rig = await (DATABASES[0]?.open ?? assert.fail('there is SQLite'))();
    const database = await openDatabase(await rig.createDatabase());
    // Certificates are good now.
    const store = await Store.open({ database, now: () => new Date() });
    const controller = new Controller({ store, version: '1.2.3', authenticator: new OpenAuthenticator() });
    const agents = async (): Promise<string | undefined> =>
      seriesOf((await controller.server.inject('/metrics')).body, 'virtfn_controller_agents_connected')[0];
    assert.equal(await agents(), '0');
    const link = await controller.listenForAgents({
      authority: new CertificateAuthority(createAuthorityPems(new Date())),
      address: { host: '127.0.0.1', port: 0 },
    });
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-metrics-'));
    const hostId = parseHostId('fish');
    await enrolHost({ url: link.url, token: await controller.invite(hostId), hostId, folder });
    const quiet = (): void => {};
    const member = new FleetMember({ folder, bootId: 'b', clock: systemClock, onDesired: quiet, log: quiet });
    await member.start();
    while ((await agents()) !== '1') await new Promise(setImmediate);
    await member.stop();
    while ((await agents()) !== '0') await new Promise(setImmediate);
    await link.close();
    await controller.server.close();
    await store.close();
    await rig.dispose();
    rmSync(folder, { recursive: true });
  });
});
