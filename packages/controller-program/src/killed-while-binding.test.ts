import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AttachmentList } from '@virtfn/contract';
import { DATABASES, type DatabaseRig } from '@virtfn/controller/testing';
import { type RunningController, seedHosts, startController } from './testing/index.ts';

// A controller that is killed in the middle of a thousand binds: what it has answered is there, and no VF is given twice.

const HOSTS = 10;
const PORTS = 1000;
const CLIENTS = 64;
const KILLED_AFTER = 300;

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly 'binding:host_id': string;
  readonly 'binding:vif_type': string;
  readonly 'binding:profile': { readonly pci_slot?: string };
}

for (const { name, skip, open } of DATABASES) {
  describe(`a controller on ${name} that is killed while it binds`, { skip }, () => {
    let rig: DatabaseRig;
    let folder: string;
    let url: string;
    let controller: RunningController;
    before(async () => {
      rig = await open();
      folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-killed-'));
      url = await rig.createDatabase();
      // Fewer VFs than ports, so that some of these are refused.
      await seedHosts(
        url,
        Array.from({ length: HOSTS }, (_, number) => `host-${number}`),
        48,
      );
    });
    after(async () => {
      await controller.kill();
      await rm(folder, { recursive: true });
      await rig.dispose();
    });

    const start = async (): Promise<void> => {
      controller = await startController(folder, `database: { url: '${url}' }\nquotas: { port: -1 }\n`);
    };
    const ask = async <Answer>(method: string, at: string, body?: object): Promise<Answer> => {
      const answer = await fetch(`${controller.endpoint}/v2.0/${at}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return JSON.parse(text) as Answer;
    };

    it('has every answered write, no VF twice, and no port that is ACTIVE', { timeout: 55_000 }, async () => {
      await start();
      const { network } = await ask<{ readonly network: { readonly id: string } }>('POST', 'networks', {
        network: { name: 'n' },
      });
      const ports: string[] = [];
      while (ports.length < PORTS) {
        const made = await ask<{ readonly ports: readonly Shown[] }>('POST', 'ports', {
          ports: Array.from({ length: 100 }, () => ({
            network_id: network.id,
            'binding:vnic_type': 'direct',
          })),
        });
        ports.push(...made.ports.map(({ id }) => id));
      }
      const answered = new Map<string, Shown>();
      const waiting = [...ports.entries()];
      const client = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const [number, id] = next;
          try {
            const port = { 'binding:host_id': `host-${number % HOSTS}` };
            const answer = await ask<{ readonly port: Shown }>('PUT', `ports/${id}`, { port });
            answered.set(id, answer.port);
            if (answered.size === KILLED_AFTER) await controller.kill();
          } catch {
            // Killed: nobody knows what became of it.
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      assert.ok(answered.size < PORTS, 'it was killed in the middle');

      await start();
      const { ports: shown } = await ask<{ readonly ports: readonly Shown[] }>('GET', 'ports');
      assert.equal(shown.length, PORTS);
      const byId = new Map(shown.map((port) => [port.id, port]));
      for (const [id, port] of answered) {
        const now = byId.get(id);
        assert.equal(now?.['binding:host_id'], port['binding:host_id']);
        assert.equal(now?.['binding:vif_type'], port['binding:vif_type']);
        assert.deepEqual(now?.['binding:profile'], port['binding:profile']);
      }
      const bound = shown.filter((port) => port['binding:vif_type'] === 'hw_veb');
      const places = bound.map(
        (port) => `${port['binding:host_id']} ${port['binding:profile'].pci_slot ?? ''}`,
      );
      assert.equal(new Set(places).size, bound.length);
      assert.ok(shown.every(({ status }) => status === 'DOWN'));
      const withVf = new Set<string>();
      for (let next: string | null = ''; next !== null; ) {
        const marker: string = next === '' ? '' : `&marker=${encodeURIComponent(next)}`;
        const page = (await fetch(`${controller.endpoint}/virtfn/v1/attachments?limit=1000${marker}`).then(
          (answer) => answer.json(),
        )) as AttachmentList;
        for (const { portId } of page.attachments) withVf.add(portId);
        ({ next } = page);
      }
      assert.deepEqual(withVf, new Set(bound.map(({ id }) => id)));
    });
  });
}
