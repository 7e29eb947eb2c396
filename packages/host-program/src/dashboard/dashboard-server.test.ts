import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  Client,
  ErrorView,
  type FleetEvent,
  FleetEventView,
  followEvents,
  httpStreamTransport,
  httpTransport,
  type ResetEvent,
  type RouteName,
  ROUTES,
} from '@virtfn/contract';
import { fishMachine, SimulatedHost, VirtualClock } from '@virtfn/host-simulator';
import { describeStep, isSriovError, parsePciAddress, type Step } from '@virtfn/model';
import { WebFile } from '@virtfn/web-files';
import { Value } from 'typebox/value';
import type { Listening } from '../listener/index.ts';
import { wordsOfStep } from './audit-step.ts';
import { listenForDashboard } from './dashboard-server.ts';
import { EventStreams } from './event-streams.ts';
import { createHostApi, SERVED } from './host-api.ts';
import { SeenHost } from './seen-host.ts';

const PF = parsePciAddress('0000:82:00.0');
const START = Date.parse('2026-01-02T03:04:05Z');
const PAGE = new WebFile('text/html; charset=utf-8', Buffer.from('<title>page</title>'));
const TRAFFIC = { pfs: [] };

/** An agent that looks at a simulated host when the test says so, and its dashboard. */
class Rig {
  readonly host = new SimulatedHost(fishMachine(new VirtualClock()));
  now = START;
  readonly seen = new SeenHost({ now: () => new Date(this.now), hostId: () => this.host.hostId });
  readonly streams = new EventStreams(this.seen);
  readonly #opened: http.ClientRequest[] = [];
  readonly #stop = new AbortController();
  #server: Listening | null = null;

  async start(): Promise<void> {
    const api = createHostApi({ host: this.seen, version: '1.2.3', readTraffic: async () => TRAFFIC });
    const files = new Map([['index.html', PAGE]]);
    this.#server = await listenForDashboard(
      { host: '127.0.0.1', port: 0 },
      { api, streams: this.streams, files },
      (error) => assert.fail(error),
    );
  }

  get url(): string {
    return new URL('/', this.#server?.url).href;
  }

  get client(): Client {
    return new Client(httpTransport(this.url));
  }

  async look(): Promise<void> {
    const observed = await this.host.observe();
    this.seen.noteReport({ observed, findings: [], physicalNetworks: new Map() });
  }

  async setVfs(numVfs: number): Promise<void> {
    const { pfs } = await this.host.observe();
    const from = pfs.find(({ pciAddress }) => pciAddress === PF)?.numVfs ?? 0;
    const step: Step = { kind: 'set-num-vfs', pf: PF, from, numVfs };
    await this.host.apply(step);
    this.seen.noteStep(wordsOfStep({ step, attachmentId: null, error: null }, 'reconcile'));
  }

  /** Sends what no client of ours does. */
  async send(path: string, options: http.RequestOptions = {}, body = ''): Promise<http.IncomingMessage> {
    const request = http.request(new URL(path, this.url), { agent: false, ...options });
    this.#opened.push(request);
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return response;
  }

  /** Follows events, as the dashboard does. */
  follow(since: number): AsyncGenerator<FleetEvent | ResetEvent, void> {
    const transport = httpStreamTransport(this.url);
    return followEvents({ transport, query: { since }, signal: this.#stop.signal, sleep: async () => {} });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const request of this.#opened) request.destroy();
    this.streams.end();
    await this.#server?.close();
  }
}

async function codeOf(response: http.IncomingMessage): Promise<string> {
  const document: unknown = JSON.parse((await response.toArray()).join(''));
  assert.deepEqual([...Value.Errors(ErrorView, document)], []);
  assert.ok(Value.Check(ErrorView, document));
  assert.equal(response.headers['x-request-id'], document.error.requestId);
  return document.error.code;
}

describe('the dashboard of one host', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
  });
  afterEach(() => rig.stop());

  it('has no host before the first look, and says so', async () => {
    assert.deepEqual(await rig.client.call('listHosts', {}, null), { hosts: [] });
    await assert.rejects(rig.client.call('getHost', { hostId: 'fish' }, null), /not been read yet/);
  });

  it('tells of the host alone, and not of another', async () => {
    await rig.look();
    const { hosts } = await rig.client.call('listHosts', {}, null);
    assert.deepEqual(
      hosts.map(({ hostId, isAlive, simulated }) => ({ hostId, isAlive, simulated })),
      [{ hostId: 'fish', isAlive: true, simulated: true }],
    );
    await assert.rejects(rig.client.call('getHost', { hostId: 'other' }, null), (error) =>
      isSriovError(error, 'HOST_UNKNOWN'),
    );
  });

  it('plans another number of VFs, and changes nothing', async () => {
    await rig.look();
    const before = await rig.host.observe();
    const plan = await rig.client.call('planHost', { hostId: 'fish' }, { pfs: [{ pf: PF, numVfs: 2 }] });
    assert.ok(plan.steps.some(({ text }) => text.startsWith('set 2 VFs on PF')));
    assert.deepEqual(await rig.host.observe(), before);
    assert.equal(rig.seen.steps.length, 0);
  });

  it('finds VFs by their PF and what they are, and one of them', async () => {
    await rig.setVfs(3);
    await rig.look();
    const { vfs } = await rig.client.call('listVfs', {}, null, { pf: PF, state: 'free', limit: 2 });
    assert.deepEqual(
      vfs.map(({ vf }) => vf.vfIndex),
      [0, 1],
    );
    const vf = await rig.client.call('getVf', { hostId: 'fish', pf: PF, vfIndex: '2' }, null);
    assert.deepEqual([vf.vf.pciAddress, vf.attachment], ['0000:82:10.4', null]);
    await assert.rejects(rig.client.call('getVf', { hostId: 'fish', pf: PF, vfIndex: '3' }, null), (error) =>
      isSriovError(error, 'VF_UNKNOWN'),
    );
  });

  it('says of a host that could not be read for long that nothing of it is sure', async () => {
    await rig.setVfs(1);
    await rig.look();
    const events = rig.follow(rig.seen.revision);
    const next = events.next();
    await waitForStream(rig);
    rig.now += 120_000;
    rig.seen.tick();
    const { value } = await next;
    assert.ok(value?.kind === 'host' && value.view?.isAlive === false);
    const { vfs } = await rig.client.call('listVfs', {}, null, {});
    assert.deepEqual(
      vfs.map(({ state }) => state),
      ['unknown'],
    );
    const back = events.next();
    await rig.look();
    const told = (await back).value;
    assert.ok(told?.kind === 'host' && told.view?.isAlive === true);
  });

  describe('answers', () => {
    it('in the form that the contract promises', async () => {
      await rig.setVfs(2);
      await rig.look();
      const place = { hostId: 'fish', pf: PF, vfIndex: '0' };
      for (const name of SERVED) {
        const body = name === 'planHost' ? { pfs: [] } : null;
        const answer: unknown = await rig.client.call(name as 'getVf', place, body as null);
        assert.deepEqual([...Value.Errors(ROUTES[name].response, answer)], [], name);
      }
    });

    const served: ReadonlySet<string> = new Set(SERVED);
    const others = (Object.keys(ROUTES) as RouteName[]).filter((name) => !served.has(name));
    for (const name of others)
      it(`nothing to ${name}: one host is not a fleet`, async () => {
        const { method, path } = ROUTES[name];
        const response = await rig.send(`/virtfn/v1${path.replaceAll(/\{\w+\}/g, 'x')}`, { method });
        assert.equal(response.statusCode, 404);
        assert.equal(await codeOf(response), 'ROUTE_UNKNOWN');
      });

    for (const { method, path } of [
      { method: 'POST', path: '/virtfn/v1/hosts' },
      { method: 'DELETE', path: '/virtfn/v1/hosts/fish' },
      { method: 'PUT', path: '/virtfn/v1/hosts/fish/pfs/0000:82:00.0/vfs/0' },
      { method: 'POST', path: '/virtfn/v1/requests' },
      { method: 'GET', path: '/v2.0/ports' },
      { method: 'POST', path: '/v2.0/ports' },
      { method: 'GET', path: '/metrics' },
      { method: 'GET', path: '/virtfn/v1/hosts/%ff' },
      { method: 'GET', path: '/ui/nothing.js' },
      { method: 'POST', path: '/ui/' },
    ])
      it(`nothing to ${method} ${path}`, async () => {
        const response = await rig.send(path, { method });
        assert.deepEqual([response.statusCode, await codeOf(response)], [404, 'ROUTE_UNKNOWN']);
      });

    it('with the page where a browser looks for it, with its policy', async () => {
      for (const path of ['/', '/ui']) {
        const sent = await rig.send(path);
        assert.deepEqual([sent.statusCode, sent.headers.location], [302, '/ui/']);
      }
      const page = await rig.send('/ui/hosts/fish.example');
      assert.equal((await page.toArray()).join(''), PAGE.body.toString());
      assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
      assert.equal((await rig.send('/ui/', { headers: { 'if-none-match': PAGE.etag } })).statusCode, 304);
    });
  });

  describe('refuses', () => {
    for (const path of ['/ui/', '/', '/virtfn/v1/hosts', '/virtfn/v1/events', '/nothing'])
      it(`${path} under a name that is not this machine’s`, async () => {
        const response = await rig.send(path, { headers: { host: 'evil.example' } });
        assert.deepEqual([response.statusCode, await codeOf(response)], [403, 'PERMISSION_DENIED']);
      });

    const json = { 'content-type': 'application/json' };
    for (const { name, headers = json, body } of [
      { name: 'what is no JSON', body: '{' },
      {
        name: 'JSON that says that it is text',
        headers: { 'content-type': 'text/plain' },
        body: '{"pfs":[]}',
      },
      { name: 'a field that there is not', body: '{"pfs":[],"more":1}' },
      { name: 'nothing', body: '' },
      { name: 'a body that has no end in sight', body: ' '.repeat(2 << 20) },
    ])
      it(`to plan by ${name}`, async () => {
        await rig.look();
        const response = await rig.send('/virtfn/v1/hosts/fish/plan', { method: 'POST', headers }, body);
        assert.deepEqual([response.statusCode, await codeOf(response)], [400, 'REQUEST_INVALID']);
      });

    for (const path of [
      '/virtfn/v1/hosts?more=1',
      '/virtfn/v1/pfs?limit=1&limit=2',
      '/virtfn/v1/steps?since=tomorrow',
      '/virtfn/v1/steps?marker=x',
      '/virtfn/v1/events?kind=port,nothing',
      '/virtfn/v1/events?since=-1',
    ])
      it(`to answer ${path}`, async () => {
        const response = await rig.send(path);
        assert.deepEqual([response.statusCode, await codeOf(response)], [400, 'REQUEST_INVALID']);
      });

    it('headers that are too long', async () => {
      const response = await rig.send('/ui/', { headers: { cookie: 'x'.repeat(20_000) } });
      assert.equal(response.statusCode, 431);
    });

    it('the seventeenth who follows, until one of the others has left', async () => {
      const others = await Promise.all(Array.from({ length: 16 }, () => rig.send('/virtfn/v1/events')));
      assert.ok(others.every(({ statusCode }) => statusCode === 200));
      const refused = await rig.send('/virtfn/v1/events');
      assert.equal(await codeOf(refused), 'REQUEST_INVALID');
      others[0]?.destroy();
      let status = 0;
      while (status !== 200) status = (await rig.send('/virtfn/v1/events')).statusCode ?? 0;
    });
  });

  describe('events', () => {
    it('tell of a step, and of what a look has found to be different, in the form of the contract', async () => {
      await rig.look();
      const events = rig.follow(rig.seen.revision);
      const first = events.next();
      await waitForStream(rig);
      await rig.setVfs(1);
      const { value: step } = await first;
      assert.ok(step?.kind === 'step');
      assert.deepEqual([...Value.Errors(FleetEventView, step)], []);
      assert.equal(step.view.text, describeStep({ kind: 'set-num-vfs', pf: PF, from: 0, numVfs: 1 }));
      const second = events.next();
      await rig.look();
      const { value: host } = await second;
      assert.ok(host?.kind === 'host');
      assert.deepEqual([...Value.Errors(FleetEventView, host)], []);
      assert.deepEqual(
        host.view?.changed?.vfs.map(({ pf, vf }) => [pf, vf.vfIndex]),
        [[PF, 0]],
      );
      assert.equal(host.view?.summary.vfs.enabled, 1);
    });

    it('tell nothing of a look that found all as it was', async () => {
      await rig.look();
      const { revision } = rig.seen;
      rig.now += 30_000;
      await rig.look();
      assert.equal(rig.seen.revision, revision);
      assert.equal(rig.seen.reports()[0]?.reportedAt.getTime(), rig.now);
    });

    it('tell whoever has missed something to look at everything anew, and whoever has not to go on', async () => {
      await rig.look();
      const { revision } = rig.seen;
      await rig.setVfs(1);
      const { value } = await rig.follow(revision).next();
      assert.deepEqual(value, { kind: 'reset', revision: rig.seen.revision });
      const events = rig.follow(rig.seen.revision);
      const next = events.next();
      await waitForStream(rig, 2);
      await rig.setVfs(0);
      assert.equal((await next).value?.kind, 'step');
    });

    it('tell whoever followed another life of the agent to look at everything anew', async () => {
      await rig.look();
      for (let steps = 0; steps < 5; steps += 1) await rig.setVfs(steps % 2);
      const later = new SeenHost({ now: () => new Date(rig.now + 1000), hostId: () => 'fish' });
      assert.ok(later.revision > rig.seen.revision);
    });

    it('are those that are asked for', async () => {
      await rig.look();
      const response = await rig.send('/virtfn/v1/events?kind=host&host=fish');
      await rig.setVfs(1);
      await rig.look();
      let text = '';
      for await (const piece of response as AsyncIterable<Buffer>) {
        text += piece.toString();
        if (text.includes('"kind":"host"')) break;
      }
      assert.ok(!text.includes('"kind":"step"'), text);
    });

    it('end with a word of where to go on when the agent ends', async () => {
      await rig.look();
      const response = await rig.send('/virtfn/v1/events');
      rig.streams.end();
      const text = (await response.toArray()).join('');
      assert.match(text, new RegExp(`event: resume\ndata: {"revision":${rig.seen.revision}}`));
    });
  });
});

/** Until a stream is open: what is told before is not heard. */
async function waitForStream({ streams }: Rig, number = 1): Promise<void> {
  while (streams.size < number) await new Promise(setImmediate);
}
