import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import type { Authenticator } from '../../auth/index.ts';
import { Controller } from '../../controller.ts';
import { openDatabase, putAgent, Store } from '../../store/index.ts';
import { type Difference, differences } from './differences.ts';
import type { Exchange } from './exchanges.ts';
import { recordedHost } from './recorded-fleet.ts';
import { Replacements } from './replacements.ts';

/** What makes our server like the recording one. */
interface ReplayOptions {
  readonly quotas: Readonly<Record<string, number>>;
  readonly authenticator: Authenticator;
  /** Headers of whoever does what was done between the exchanges. */
  readonly asAdmin: Readonly<Record<string, string>>;
}

/** Plays recorded exchanges to a controller that is configured as the recording server was. */
export class ReplayRig {
  readonly #folder: string;
  readonly #store: Store;
  readonly #controller: Controller;
  readonly #asAdmin: Readonly<Record<string, string>>;
  readonly #replacements = new Replacements();

  private constructor(
    folder: string,
    store: Store,
    controller: Controller,
    asAdmin: ReplayOptions['asAdmin'],
  ) {
    this.#folder = folder;
    this.#store = store;
    this.#controller = controller;
    this.#asAdmin = asAdmin;
  }

  static async start({ quotas, authenticator, asAdmin }: ReplayOptions): Promise<ReplayRig> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-replay-'));
    const store = await Store.open({
      database: await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`),
      now: () => new Date(),
    });
    const controller = new Controller({
      store,
      version: '0',
      authenticator,
      settings: {
        quotas,
        vlanRanges: parseVlanRanges('physnet1:100:1999,physnet2:2000:3999', parsePhysicalNetwork),
      },
    });
    for (const name of ['compute1', 'compute2', 'compute3']) {
      await controller.report(recordedHost(name));
      await store.write('join', (write) =>
        putAgent(write, { hostId: name, id: crypto.randomUUID(), version: '0', sessionId: null }),
      );
    }
    await controller.start();
    return new ReplayRig(folder, store, controller, asAdmin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller.server.close();
    await this.#store.close();
    await rm(this.#folder, { recursive: true });
  }

  /** Sends a recorded request, and says what is different in the answer. */
  async play({ request, response }: Exchange): Promise<readonly Difference[]> {
    const answer = await this.#controller.server.inject({
      method: request.method as 'GET',
      url: this.#replacements.apply(request.path),
      headers: { host: '127.0.0.1:9696', ...request.headers },
      ...(request.body === null ? {} : { payload: this.#replacements.apply(request.body) }),
    });
    const body: unknown = answer.body === '' ? null : JSON.parse(answer.body);
    return [
      ...differences(response.status, answer.statusCode, this.#replacements, 'status'),
      ...differences(response.headers, headersThatMatter(answer.headers), this.#replacements, 'headers'),
      ...differences(response.body, body, this.#replacements),
    ];
  }

  /** What the recorder did between two exchanges, and did not record. */
  async deleteAllPorts(): Promise<void> {
    const headers = this.#asAdmin;
    const list = await this.#controller.server.inject({ url: '/v2.0/ports?fields=id', headers });
    const { ports } = JSON.parse(list.body) as { readonly ports: readonly { readonly id: string }[] };
    for (const { id } of ports)
      await this.#controller.server.inject({ method: 'DELETE', url: `/v2.0/ports/${id}`, headers });
  }
}

const RECORDED_HEADERS = ['content-type', 'www-authenticate', 'x-openstack-request-id'] as const;

/** As the recorder kept them: a request id, which is another one each time, by its form. */
function headersThatMatter(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const kept = RECORDED_HEADERS.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value.replace(/^req-[\da-f-]{36}$/, 'req-*')] as const] : [];
  });
  return Object.fromEntries(kept);
}
