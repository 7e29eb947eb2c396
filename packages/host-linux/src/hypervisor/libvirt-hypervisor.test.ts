import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  getState,
  getXmlDesc,
  listAllDomains,
  type Packet,
  readDomain,
  registerDomainEvent,
  writeDomain,
  XdrReader,
} from '@virtfn/libvirt/codec';
import { type FakeClient, FakeDaemon } from '@virtfn/libvirt/testing';
import { isSriovError, parseAttachmentId, parseDomainId } from '@virtfn/model';
import { openLibvirtHypervisor } from './libvirt-hypervisor.ts';

// What it does where libvirt answers is in the contract: lab/hypervisor.lab.test.ts.

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-hypervisor-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MACHINES = ['web', 'db', 'mail', 'off'].map((name, at) => ({
  name,
  uuid: `00000000-0000-4000-8000-00000000000${at + 1}`,
  id: name === 'off' ? null : at + 1,
}));
const DOCUMENT = `<domain><devices><interface type='bridge'>
  <source bridge='br0'/><alias name='ua-virtfn-a1'/></interface></devices></domain>`;
/** enum virErrorNumber. */
const INTERNAL_ERROR = 1;
const NO_DOMAIN = 42;

/** A daemon with machines, of which all but the last run; `db` is what a test makes of it. */
async function startDaemon(
  answer: (call: Packet, client: FakeClient) => void,
  procedure: { readonly number: number } = getXmlDesc,
): Promise<FakeDaemon> {
  const daemon = await FakeDaemon.start();
  daemon.on(registerDomainEvent.number, (call, client) => client.reply(call, (writer) => writer.int(1)));
  daemon.on(listAllDomains.number, (call, client) =>
    client.reply(call, (writer) => {
      writer.uint(MACHINES.length);
      for (const machine of MACHINES) writeDomain(writer, machine);
      writer.uint(MACHINES.length);
    }),
  );
  const usual = new Map<number, (call: Packet, client: FakeClient) => void>([
    [getState.number, (call, client) => client.reply(call, (writer) => writer.int(1).int(1))],
    [getXmlDesc.number, (call, client) => client.reply(call, (writer) => writer.string(DOCUMENT))],
  ]);
  for (const [number, reply] of usual)
    daemon.on(number, (call, client) => {
      const isMeant = number === procedure.number && readDomain(new XdrReader(call.payload)).name === 'db';
      (isMeant ? answer : reply)(call, client);
    });
  return daemon;
}

describe('openLibvirtHypervisor()', () => {
  it('says that no daemon is there, at once and for every question, and tries again', async () => {
    await withFolder(async (folder) => {
      const hypervisor = openLibvirtHypervisor({
        socketPath: path.join(folder, 'libvirt-sock'),
        patienceMs: 60_000,
      });
      const isUnreachable = (error: unknown): boolean => isSriovError(error, 'HYPERVISOR_UNREACHABLE');
      await assert.rejects(hypervisor.observe(), isUnreachable);
      const step = {
        kind: 'detach-interface',
        domainId: parseDomainId('00000000-0000-4000-8000-000000000001'),
        vm: 'web1',
        attachmentId: parseAttachmentId('a1'),
        alias: 'ua-virtfn-a1',
        scope: 'live',
      } as const;
      await assert.rejects(hypervisor.apply(step), isUnreachable);
      await hypervisor.close();
    });
  });

  it('waits for a daemon that listens and says nothing no longer than it is told', async () => {
    await withFolder(async (folder) => {
      const socketPath = path.join(folder, 'libvirt-sock');
      const clients: net.Socket[] = [];
      const silent = net
        .createServer((client) => void clients.push(client.on('error', () => {})))
        .listen(socketPath);
      await once(silent, 'listening');
      const hypervisor = openLibvirtHypervisor({ socketPath, patienceMs: 200 });
      await assert.rejects(hypervisor.observe(), (error) => isSriovError(error, 'HYPERVISOR_UNREACHABLE'));
      await hypervisor.close();
      for (const client of clients) client.destroy();
      silent.close();
      await once(silent, 'close');
    });
  });

  for (const { name, answer, procedure, want } of [
    {
      name: 'whose document libvirt refuses',
      answer: (call: Packet, client: FakeClient) => client.refuse(call, INTERNAL_ERROR, 'no such luck'),
      want: 'running HYPERVISOR_REFUSED Cannot read VM db: libvirt says "no such luck"',
    },
    {
      name: 'whose document is none',
      answer: (call: Packet, client: FakeClient) =>
        client.reply(call, (writer) => writer.string('<network/>')),
      want: 'running HYPERVISOR_REFUSED Cannot read the document of VM db: it begins with <network>',
    },
    {
      name: 'whose state libvirt refuses',
      answer: (call: Packet, client: FakeClient) => client.refuse(call, INTERNAL_ERROR, 'no such luck'),
      procedure: getState,
      want: 'paused HYPERVISOR_REFUSED Cannot read VM db: libvirt says "no such luck"',
    },
    {
      name: 'that has just gone away',
      answer: (call: Packet, client: FakeClient) => client.refuse(call, NO_DOMAIN, 'no domain'),
      want: null,
    },
  ]) {
    it(`observes the other machines beside one ${name}`, async () => {
      await using daemon = await startDaemon(answer, procedure);
      const hypervisor = openLibvirtHypervisor({ socketPath: daemon.socketPath, patienceMs: 60_000 });
      const observed = await hypervisor.observe();
      assert.deepEqual(
        observed.map((each) => [each.name, each.live.length, each.config.length]),
        [['web', 1, 1], ...(want === null ? [] : [['db', 0, 0]]), ['mail', 1, 1], ['off', 0, 1]],
      );
      const db = observed.find((each) => each.name === 'db');
      assert.equal(db === undefined ? null : `${db.state} ${db.unread?.code} ${db.unread?.message}`, want);
      await hypervisor.close();
    });
  }

  for (const { name, answer, want } of [
    { name: 'is crashed', answer: 'crashed', want: ['db crashed'] },
    { name: 'is refused', answer: 'refuse', want: ['db paused'] },
    { name: 'goes away', answer: 'gone', want: [] },
  ]) {
    it(`lists machines without reading a document, also where one ${name}`, async () => {
      await using daemon = await startDaemon((call, client) => {
        if (answer === 'crashed') client.reply(call, (writer) => writer.int(6).int(1));
        else client.refuse(call, answer === 'gone' ? NO_DOMAIN : INTERNAL_ERROR, 'no such luck');
      }, getState);
      const hypervisor = openLibvirtHypervisor({ socketPath: daemon.socketPath, patienceMs: 60_000 });
      assert.deepEqual(
        (await hypervisor.list()).map((each) => `${each.name} ${each.state}`),
        ['web running', ...want, 'mail running', 'off shut-off'],
      );
      assert.ok(!daemon.calls.some(({ procedure }) => procedure === getXmlDesc.number));
      await hypervisor.close();
    });
  }

  it('tells of no machine when the connection breaks while one is read', async () => {
    await using daemon = await startDaemon((_, { socket }) => void socket.destroy());
    const hypervisor = openLibvirtHypervisor({ socketPath: daemon.socketPath, patienceMs: 60_000 });
    await assert.rejects(hypervisor.observe(), (error) => isSriovError(error, 'STEP_TIMEOUT'));
    await hypervisor.close();
  });
});
