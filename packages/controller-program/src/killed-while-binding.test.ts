import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { after, before, describe, it } from 'node:test';
import { DATABASES, type DatabaseRig } from '@virtfn/controller/testing';
import { seedHosts } from './testing/index.ts';

// A controller that is killed in the middle of a thousand binds: what it has answered is there, and no VF is given twice.

const PROGRAM = path.join(import.meta.dirname, 'main.ts');
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
    let child: ChildProcess;
    let endpoint: string;
    before(async () => {
      rig = await open();
      folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-killed-'));
      const url = await rig.createDatabase();
      // Fewer VFs than ports, so that some of these are refused.
      await seedHosts(
        url,
        Array.from({ length: HOSTS }, (_, number) => `host-${number}`),
        48,
      );
      await writeFile(
        path.join(folder, 'controller.yaml'),
        `version: 1\nlisten: 127.0.0.1:0\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}\ndatabase: { url: '${url}' }\nvlanRanges: [physnet1:100:199]\nquotas: { port: -1 }\nhostGoneAfterSeconds: 86400\n`,
      );
    });
    after(async () => {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true });
      await rig.dispose();
    });

    const start = async (): Promise<void> => {
      child = spawn(process.execPath, [PROGRAM, 'run', '--config', path.join(folder, 'controller.yaml')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      assert.ok(child.stdout !== null);
      const lines = createInterface({ input: child.stdout });
      const first = String((await lines[Symbol.asyncIterator]().next()).value);
      endpoint = /listening on (http:\S+),/.exec(first)?.[1] ?? '';
      assert.notEqual(endpoint, '', first);
    };
    const ask = async <Answer>(method: string, at: string, body?: object): Promise<Answer> => {
      const answer = await fetch(`${endpoint}/v2.0/${at}`, {
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
            if (answered.size === KILLED_AFTER) child.kill('SIGKILL');
          } catch {
            // Killed: nobody knows what became of it.
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
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
      const attachments = await fetch(`${endpoint}/virtfn/v1/attachments`).then(
        (answer) =>
          answer.json() as Promise<{ readonly attachments: readonly { readonly portId: string }[] }>,
      );
      assert.deepEqual(
        new Set(attachments.attachments.map(({ portId }) => portId)),
        new Set(bound.map(({ id }) => id)),
      );
    });
  });
}
