import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { after, describe, it } from 'node:test';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import { systemClock } from '@virtfn/agent';
import { ControllerLink, type LinkStatus } from '@virtfn/agent/link';
import type { DesiredPort, KeptDesired } from '@virtfn/contract/agent-link';
import { CLOSE_CODE, CONTROLLER_NAME, LINK_PATH } from '@virtfn/contract/agent-link';
import { AgentLinkServer, openAuthority } from '@virtfn/controller/agent-link';
import {
  AgentSessions,
  CertificateAuthority,
  createAuthorityPems,
  makeEnrolmentToken,
} from '@virtfn/controller/agents';
import { type HostId, isSriovError, parseHostId, parsePciAddress, SriovError } from '@virtfn/model';
import { WebSocket } from 'ws';
import { dialController } from './dial-controller.ts';
import { enrolHost } from './enrol-host.ts';
import { MemoryBackend } from './memory-backend.ts';
import { type Membership, readMembership } from './membership.ts';
import { renewCertificate } from './renew-certificate.ts';
import { requestCertificate } from './request-certificate.ts';

const FISH = parseHostId('fish');
const DAY_MS = 24 * 3_600_000;
const cleanUps: (() => Promise<void> | void)[] = [];

function makeFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-link-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

function portOf(attachmentId: string): DesiredPort {
  return {
    portId: `port-${attachmentId}`,
    attachmentId,
    networkId: 'net',
    pf: '0000:82:00.0',
    vfIndex: 0,
    vnicType: 'direct',
    segment: { kind: 'flat', physicalNetwork: 'physnet1' },
    mac: '52:54:00:aa:00:01',
    ...PLAIN_PORT,
  } as unknown as DesiredPort;
}

/** A controller's end: its authority and its store outlive it, as they do on a disk. */
async function openController() {
  const folder = makeFolder();
  const authority = await openAuthority(folder, new Date());
  const backend = new MemoryBackend();
  const errors: SriovError[] = [];
  let clockMs = Date.now();
  const start = async (port: number, signedBy = authority) => {
    const sessions = new AgentSessions({
      backend,
      now: () => clockMs,
      onError: (error) => errors.push(error),
    });
    const server = await AgentLinkServer.listen({
      authority: signedBy,
      sessions,
      backend,
      now: () => new Date(),
      address: { host: '127.0.0.1', port },
    });
    return { sessions, server };
  };
  let running = await start(0);
  cleanUps.push(() => running.server.close());
  const { url } = running.server;
  return {
    folder,
    authority,
    backend,
    errors,
    url,
    sessions: () => running.sessions,
    advance: (ms: number) => (clockMs += ms),
    stop: () => running.server.close(),
    async restart(signedBy?: CertificateAuthority) {
      await running.server.close();
      running = await start(Number(new URL(url).port), signedBy);
    },
    tokenFor(hostId: HostId): string {
      const { text, secretHash } = makeEnrolmentToken(authority);
      backend.tokens.set(secretHash, hostId);
      return text;
    },
  };
}

type Controller = Awaited<ReturnType<typeof openController>>;

async function enrolled(controller: Controller, hostId = FISH): Promise<Membership> {
  const folder = makeFolder();
  await enrolHost({ url: controller.url, token: controller.tokenFor(hostId), hostId, folder });
  const membership = await readMembership(folder);
  assert.ok(membership !== null);
  return membership;
}

/** An agent's end, with what it keeps in memory. */
async function openLink(membership: Membership, before: KeptDesired | null = null) {
  const statuses: LinkStatus[] = [];
  const desired: KeptDesired[] = [];
  let heard = (): void => {};
  const link = await ControllerLink.open({
    hostId: parseHostId(membership.hostId),
    bootId: 'boot',
    version: '1',
    answers: {},
    dial: dialController(membership),
    store: { read: async () => before, write: async (kept) => void desired.push(kept) },
    clock: systemClock,
    random: () => 0,
    onDesired: () => heard(),
    onStatus: (status) => {
      statuses.push(status);
      heard();
    },
  });
  cleanUps.push(() => link.stop());
  link.start();
  const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
    for (;;) {
      const more = new Promise<void>((resolve) => (heard = resolve));
      if (await isSo()) return;
      await more;
    }
  };
  const revision = async (): Promise<number | null> => {
    const wish = await link.wish();
    return wish.kind === 'known' ? wish.kept.revision : null;
  };
  return { link, statuses, desired, until, revision };
}

/** A WebSocket of somebody who does not keep to the rules. @returns the code that it was closed with */
async function closeCodeAfter(
  { url, ca, certificate, key }: Membership,
  send: (socket: WebSocket) => void,
): Promise<number> {
  const socket = new WebSocket(`${url}${LINK_PATH}`, {
    agent: new https.Agent({ ca, cert: certificate, key, servername: CONTROLLER_NAME }),
  });
  await new Promise((resolve) => socket.once('open', resolve));
  send(socket);
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', resolve);
  });
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (isSriovError(error) ? error.code : String(error)),
  );

describe('the link over TLS', () => {
  after(async () => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  });

  it('keeps the authority for itself alone, and finds it again', async () => {
    const { folder, authority } = await openController();
    assert.equal(statSync(path.join(folder, 'fleet-authority.pem')).mode & 0o777, 0o600);
    const [again, atOnce] = await Promise.all([
      openAuthority(folder, new Date()),
      openAuthority(folder, new Date()),
    ]);
    assert.equal(again.fingerprint, authority.fingerprint);
    assert.equal(atOnce.fingerprint, authority.fingerprint);
  });

  it('enrols a host with a token once, under the name that the token is for', async () => {
    const controller = await openController();
    const token = controller.tokenFor(FISH);
    const folder = makeFolder();
    const ask = (hostId: HostId) => codeOf(enrolHost({ url: controller.url, token, hostId, folder }));
    assert.equal(await ask(parseHostId('cat')), 'ENROLMENT_REFUSED');
    assert.equal(await ask(FISH), 'no error');
    assert.equal(await ask(FISH), 'ENROLMENT_REFUSED');
    assert.equal(statSync(path.join(folder, 'fleet.json')).mode & 0o777, 0o600);
  });

  it('tells its secret to nobody whom the fingerprint of the token does not vouch for', async () => {
    const [right, wrong] = await Promise.all([openController(), openController()]);
    const token = right.tokenFor(FISH);
    const stolen = enrolHost({ url: wrong.url, token, hostId: FISH, folder: makeFolder() });
    assert.equal(await codeOf(stolen), 'CONTROLLER_UNTRUSTED');
    const good = enrolHost({ url: right.url, token, hostId: FISH, folder: makeFolder() });
    assert.equal(await codeOf(good), 'no error');
  });

  it('renews a certificate for the host that has one, and for no other', async () => {
    const controller = await openController();
    const membership = await enrolled(controller);
    const folder = makeFolder();
    assert.equal(await renewCertificate(folder, membership, new Date()), null);
    const renewed = await renewCertificate(folder, membership, new Date(Date.now() + 61 * DAY_MS));
    assert.ok(renewed !== null && renewed.key !== membership.key);
    assert.ok(new X509Certificate(renewed.certificate).checkPrivateKey(createPrivateKey(renewed.key)));
    const { link, until } = await openLink(renewed);
    await until(() => link.status.isConnected);
    const publicKey = new X509Certificate(renewed.certificate).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString();
    for (const own of [null, { certificate: renewed.certificate, key: renewed.key }]) {
      const other = requestCertificate(
        controller.url,
        { ca: renewed.ca, own },
        { secret: null, hostId: parseHostId('cat'), publicKey },
      );
      assert.equal(await codeOf(other), 'CERTIFICATE_REFUSED');
    }
  });

  it('lets in no agent whose certificate another authority signed, and trusts no controller of another one', async () => {
    const controller = await openController();
    const good = await enrolled(controller);
    const foreign = new CertificateAuthority(createAuthorityPems(new Date()));
    const publicKey = new X509Certificate(good.certificate).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const forged = { ...good, certificate: foreign.issueAgent(FISH, publicKey, new Date()) };
    const expired = {
      ...good,
      certificate: controller.authority.issueAgent(FISH, publicKey, new Date(Date.now() - 100 * DAY_MS)),
    };
    for (const membership of [forged, expired]) {
      const { statuses, until } = await openLink(membership);
      await until(() => statuses.length > 0);
      assert.equal(statuses[0]?.problem?.code, 'CERTIFICATE_REFUSED');
    }
    const { statuses, until } = await openLink({ ...good, ca: foreign.certificate });
    await until(() => statuses.length > 0);
    assert.equal(statuses[0]?.problem?.code, 'CONTROLLER_UNTRUSTED');
    assert.equal(controller.backend.connections.size, 0);
  });

  it("does not take an agent's certificate for a controller's", async () => {
    const controller = await openController();
    const { key, certificate, ca } = await enrolled(controller, parseHostId('controller.virtfn.internal'));
    const posing = {
      certificate: ca,
      issueServer: () => ({ certificate, key }),
    } as unknown as CertificateAuthority;
    const victim = await enrolled(controller);
    await controller.restart(posing);
    const { statuses, until } = await openLink(victim);
    await until(() => statuses.length > 0);
    assert.equal(statuses[0]?.problem?.code, 'CONTROLLER_UNTRUSTED');
  });

  it('refuses an agent that speaks for another host than its certificate', async () => {
    const controller = await openController();
    const membership = await enrolled(controller);
    const { statuses, until } = await openLink({ ...membership, hostId: 'cat' });
    await until(() => statuses.some(({ problem }) => problem !== null));
    assert.equal(statuses.at(-1)?.problem?.code, 'CERTIFICATE_REFUSED');
    assert.equal(controller.backend.connections.size, 0);
  });

  it('ends the session of a host that is taken out of the fleet, lets it in no more and renews no certificate', async () => {
    const controller = await openController();
    const membership = await enrolled(controller);
    const { link, statuses, until } = await openLink(membership);
    await until(() => link.status.isConnected);
    const removed = new SriovError('CERTIFICATE_REFUSED', 'Cannot admit host fish: it was taken out');
    controller.backend.failure = removed;
    controller.sessions().refuse(FISH, removed);
    const again = await openLink(membership);
    for (const told of [{ statuses, until }, again])
      await told.until(() => told.statuses.some(({ problem }) => problem?.code === removed.code));
    const renewing = renewCertificate(makeFolder(), membership, new Date(Date.now() + 61 * DAY_MS));
    assert.equal(await codeOf(renewing), removed.code);
  });

  for (const { name, send, want } of [
    {
      name: 'text that is no message',
      send: (socket: WebSocket) => socket.send('{}'),
      want: CLOSE_CODE.malformed,
    },
    {
      name: 'a binary frame',
      send: (socket: WebSocket) => socket.send(Buffer.from([1])),
      want: CLOSE_CODE.malformed,
    },
    {
      name: 'outcomes before hello',
      send: (socket: WebSocket) => socket.send('{"kind":"outcomes","outcomes":[]}'),
      want: CLOSE_CODE.malformed,
    },
    {
      name: 'hello twice',
      send: (socket: WebSocket) => {
        const hello = { kind: 'hello', protocol: 1, hostId: FISH, bootId: 'b', version: '1', revision: null };
        socket.send(JSON.stringify(hello));
        socket.send(JSON.stringify(hello));
      },
      want: CLOSE_CODE.malformed,
    },
    {
      name: 'another version of the link',
      send: (socket: WebSocket) =>
        socket.send(
          '{"kind":"hello","protocol":2,"hostId":"fish","bootId":"b","version":"9","revision":null}',
        ),
      want: CLOSE_CODE.refused,
    },
    {
      name: 'a message longer than 8 MiB',
      send: (socket: WebSocket) => socket.send('x'.repeat(9 * 1024 * 1024)),
      want: 1009,
    },
  ]) {
    it(`ends a session that sends ${name}, and goes on with others`, async () => {
      const controller = await openController();
      const [bad, good] = [await enrolled(controller), await enrolled(controller, parseHostId('cat'))];
      const { link, until } = await openLink(good);
      await until(() => link.status.isConnected);
      assert.equal(await closeCodeAfter(bad, send), want);
      assert.ok(link.status.isConnected);
    });
  }

  it('gives the place of a session to the next one of the same host', async () => {
    const controller = await openController();
    const membership = await enrolled(controller);
    const first = await openLink(membership);
    await first.until(() => first.link.status.revision !== null);
    const before = controller.backend.connections.get(FISH)?.sessionId;
    const second = await openLink(membership);
    await second.until(() => second.link.status.revision !== null);
    await first.until(() => first.statuses.some(({ problem }) => problem !== null));
    assert.equal(
      first.statuses.findLast(({ problem }) => problem !== null)?.problem?.details['code'],
      CLOSE_CODE.replaced,
    );
    await first.link.stop();
    await controller.backend.until(() => controller.backend.connections.get(FISH)?.sessionId !== before);
  });

  it('tells changes as deltas, many wakes as one message, and to nobody else', async () => {
    const controller = await openController();
    const { link, desired, until, revision } = await openLink(await enrolled(controller));
    await until(async () => (await revision()) === 0);
    controller.backend.put(portOf('a1'));
    controller.backend.put(portOf('a2'));
    for (let wakes = 0; wakes < 100; wakes += 1) controller.sessions().wake(FISH);
    controller.sessions().wake(parseHostId('cat'));
    await until(async () => (await revision()) === 2);
    controller.backend.remove('a1');
    controller.sessions().wake(FISH);
    await until(async () => (await revision()) === 3);
    assert.deepEqual(
      desired.map(({ ports }) => ports.map(({ attachmentId }) => attachmentId)),
      [[], ['a1', 'a2'], ['a2']],
    );
    assert.ok(controller.backend.asked.length <= 6, `asked ${controller.backend.asked.length} times`);
    assert.ok(link.status.isConnected);
  });

  it('goes on from its revision after a restart of the controller, and asks for all when that is not known', async () => {
    const controller = await openController();
    const { until, revision, link } = await openLink(await enrolled(controller));
    controller.backend.put(portOf('a1'));
    controller.sessions().wake(FISH);
    await until(async () => (await revision()) === 1);
    await controller.stop();
    await until(() => !link.status.isConnected);
    controller.backend.put(portOf('a2'));
    await controller.restart();
    await until(async () => (await revision()) === 2);
    assert.ok(controller.backend.asked.includes(1), 'resumed');
    controller.backend.remove('a1');
    controller.backend.forgetChanges();
    controller.sessions().wake(FISH);
    await until(async () => (await revision()) === 3);
    const wish = await link.wish();
    assert.ok(wish.kind === 'known');
    assert.deepEqual(
      wish.kept.ports.map(({ attachmentId }) => attachmentId),
      ['a2'],
    );
  });

  it('asks for the full state when a delta does not fit what it has', async () => {
    const controller = await openController();
    controller.backend.put(portOf('a1'));
    const stale: KeptDesired = { revision: 40, ports: [], removed: [], localPorts: [] };
    const { until, revision } = await openLink(await enrolled(controller), stale);
    await until(async () => (await revision()) === 1);
    assert.equal(controller.backend.asked[0], 40);
  });

  it('tells outcomes once, all again in a new session, and keeps them while the store is down', async () => {
    const controller = await openController();
    const { backend } = controller;
    const { link, until } = await openLink(await enrolled(controller));
    await until(() => link.status.revision === 0);
    const outcome = { kind: 'configured', portId: 'p', attachmentId: 'a1', settings: null } as const;
    const told = [outcome as unknown as Parameters<ControllerLink['tellOutcomes']>[0][number]];
    backend.failure = new SriovError('STORE_FAILED', 'Cannot write: the disk is gone');
    link.tellOutcomes(told);
    await link.wish();
    while (controller.errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(backend.said.size, 0);
    backend.failure = null;
    controller.sessions().sweep();
    await backend.until(() => backend.said.has('a1'));
    backend.said.clear();
    await controller.restart();
    await backend.until(() => backend.said.has('a1'));
  });

  it('tells what was done on the host, also while no controller was there, until one has it on disk', async () => {
    const controller = await openController();
    const { link, until } = await openLink(await enrolled(controller));
    const { backend } = controller;
    const pf = parsePciAddress('0000:82:00.0');
    const note = (vfIndex: number, error: SriovError | null = null): void => {
      const step = { kind: 'set-vf-mtu', pf, vfIndex, mtu: 1500 } as const;
      link.noteStep({ step, attachmentId: null, error }, 'reconcile');
    };
    await until(() => link.status.isConnected);
    note(0);
    link.tellOutcomes([]);
    await backend.until(() => backend.toldSteps.length > 0);
    await controller.stop();
    await until(() => !link.status.isConnected);
    note(1);
    note(2, new SriovError('MTU_INVALID', 'Cannot set it'));
    link.tellOutcomes([]);
    backend.failure = new SriovError('STORE_FAILED', 'Cannot keep it');
    await controller.restart();
    await until(() => link.status.isConnected);
    backend.failure = null;
    controller.sessions().sweep();
    await backend.until(() => backend.toldSteps.some(({ steps }) => steps.at(-1)?.vfIndex === 2));
    // What was not acknowledged may be told twice, under the same number.
    const told = new Map(
      backend.toldSteps.flatMap(({ log, first, steps }) =>
        steps.map(({ vfIndex, error }, at) => [`${log}/${first + at}`, `${vfIndex} ${error?.code}`]),
      ),
    );
    assert.deepEqual([...told.values()], ['0 undefined', '1 undefined', '2 MTU_INVALID']);
  });

  it('stops although somebody holds a connection without a word, before and after the handshake', async () => {
    const controller = await openController();
    const port = Number(new URL(controller.url).port);
    const plain = net.connect(port, '127.0.0.1');
    const secure = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    const gone = [plain, secure].map((socket) => {
      socket.on('error', () => {});
      return new Promise((resolve) => socket.once('close', resolve));
    });
    await new Promise((resolve) => secure.once('secureConnect', resolve));
    await controller.stop();
    await Promise.all(gone);
  });

  it('ends a silent session, and tells who was heard all at once', async () => {
    const controller = await openController();
    const { backend } = controller;
    const [fish, cat] = [
      await openLink(await enrolled(controller)),
      await openLink(await enrolled(controller, parseHostId('cat'))),
    ];
    await Promise.all([fish, cat].map(({ link, until }) => until(() => link.status.revision === 0)));
    controller.advance(11_000);
    controller.sessions().sweep();
    await backend.until(() => backend.heardHosts.size === 2);
    await fish.link.stop();
    await backend.until(() => !backend.connections.has(FISH));
    controller.advance(60_000);
    await cat.until(() => cat.link.status.isConnected);
    const before = backend.connections.get(parseHostId('cat'))?.sessionId;
    controller.sessions().sweep();
    await backend.until(() => backend.connections.get(parseHostId('cat'))?.sessionId !== before);
  });
});
