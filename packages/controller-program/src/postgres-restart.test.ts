import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { skipWithoutPostgres, startPostgres } from '@virtfn/controller/testing';
import { seedHosts, startController } from './testing/index.ts';

const CLIENTS = 16;

interface Shown {
  readonly id: string;
  readonly name: string;
}

describe('a controller whose PostgreSQL is restarted under load', { skip: skipWithoutPostgres() }, () => {
  it('answers what it has kept, and 503 for what it could not, and loses nothing', {
    timeout: 55_000,
  }, async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-restart-'));
    await using postgres = await startPostgres({ fsync: true });
    const url = await postgres.createDatabase();
    await seedHosts(url, ['host-0'], 4);
    await using controller = await startController(
      folder,
      `database: { url: '${url}' }\nquotas: { port: -1 }\n`,
    );
    const ask = async (method: string, at: string, body?: object): Promise<Response> =>
      fetch(`${controller.endpoint}/v2.0/${at}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const made = await ask('POST', 'networks', { network: { name: 'n' } });
    const { network } = (await made.json()) as { readonly network: { readonly id: string } };

    const kept = new Set<string>();
    const statuses = new Set<number>();
    const later = Promise.withResolvers<void>();
    const over = new AbortController();
    let keptBefore = Number.POSITIVE_INFINITY;
    let number = 0;
    const client = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const name = `port-${(number += 1)}`;
        const answer = await ask('POST', 'ports', { port: { network_id: network.id, name } });
        statuses.add(answer.status);
        await answer.text();
        if (answer.status !== 201) continue;
        kept.add(name);
        // It is at work again, and not only with what was under way.
        if (kept.size > keptBefore + 100) later.resolve();
      }
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));
    while (kept.size < 100) await new Promise((resolve) => setImmediate(resolve));
    await postgres.stop();
    const duringOutage = await ask('GET', 'ports?fields=id');
    assert.equal(duringOutage.status, 503);
    assert.equal((await fetch(`${controller.endpoint}/readyz`)).status, 503);
    await postgres.start();
    keptBefore = kept.size;
    await later.promise;
    over.abort();
    await clients;

    assert.deepEqual(statuses, new Set([201, 503]));
    const { ports } = (await (await ask('GET', 'ports?fields=name')).json()) as {
      readonly ports: readonly Shown[];
    };
    const there = new Set(ports.map(({ name }) => name));
    assert.deepEqual(
      [...kept].filter((name) => !there.has(name)),
      [],
    );
    assert.equal((await fetch(`${controller.endpoint}/readyz`)).status, 200);
    await rm(folder, { recursive: true, force: true });
  });
});
