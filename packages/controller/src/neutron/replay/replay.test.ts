import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import { OpenAuthenticator } from '../../auth/index.ts';
import { Controller } from '../../controller.ts';
import { openDatabase, putAgent, Store } from '../../store/index.ts';
import { differences } from './differences.ts';
import { type Exchange, recordedExchanges } from './exchanges.ts';
import { recordedHost } from './recorded-fleet.ts';
import { Replacements } from './replacements.ts';

/** The recording server had no limits but this one. */
const RECORDED_QUOTAS = {
  network: -1,
  subnet: -1,
  subnetpool: -1,
  port: -1,
  rbac_policy: 10,
  security_group: -1,
  security_group_rule: -1,
  trunk: -1,
};

describe('the recorded exchanges of a real Neutron', () => {
  let folder: string;
  let store: Store;
  let controller: Controller;
  const replacements = new Replacements();

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-replay-'));
    store = await Store.open({
      database: await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`),
      now: () => new Date(),
    });
    controller = new Controller({
      store,
      version: '0',
      vlanRanges: parseVlanRanges('physnet1:100:1999,physnet2:2000:3999', parsePhysicalNetwork),
      authenticator: new OpenAuthenticator(),
      settings: { quotas: RECORDED_QUOTAS },
    });
    for (const name of ['compute1', 'compute2', 'compute3']) {
      await controller.report(recordedHost(name));
      await store.write('join', (write) =>
        putAgent(write, { hostId: name, id: crypto.randomUUID(), version: '0', sessionId: null }),
      );
    }
    await controller.start();
  });
  after(async () => {
    await controller.server.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const play = async ({ request, response }: Exchange): Promise<readonly string[]> => {
    const answer = await controller.server.inject({
      method: request.method as 'GET',
      url: replacements.apply(request.path),
      headers: { host: '127.0.0.1:9696', ...request.headers },
      ...(request.body === null ? {} : { payload: replacements.apply(request.body) }),
    });
    const found: string[] = [];
    if (answer.statusCode !== response.status)
      found.push(`status: ${response.status} recorded, ${answer.statusCode} here`);
    const body: unknown = answer.body === '' ? null : JSON.parse(answer.body);
    return [...found, ...differences(response.body, body, replacements)];
  };

  for (const exchange of recordedExchanges('plain')) {
    const { name, request } = exchange;
    it(`${name}: ${request.method} ${request.path} is answered alike`, async () => {
      assert.deepEqual(await play(exchange), []);
    });
  }
});
