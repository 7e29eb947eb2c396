import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
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
});
