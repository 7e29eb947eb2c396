import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import { parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import { OpenAuthenticator } from '../../auth/index.ts';
import { Controller, type ControllerSettings } from '../../controller.ts';
import { listDesiredPorts, openDatabase, putAgent, Store } from '../../store/index.ts';
import { recordedHost } from '../replay/index.ts';

/** Who asks, in the headers of a request. */
export type Asker = Readonly<Record<string, string>>;

/** The administrator of a project. */
export const ADMIN: Asker = { 'x-project-id': 'admin-project', 'x-roles': 'admin' };

/** A member of a project. */
export const member = (projectId: string): Asker => ({ 'x-project-id': projectId, 'x-roles': 'member' });

type Json = Readonly<Record<string, unknown>>;

/** An object of the API, whatever else it has. */
type Made = Json & { readonly id: string };

interface Answer {
  readonly status: number;
  /** null: there was none. */
  readonly body: Json | null;
}

/** A controller on a database of its own, with hosts `compute1` and so on that have two PFs of eight VFs each. */
export class NeutronRig {
  readonly store: Store;
  readonly controller: Controller;
  readonly #folder: string;
  readonly #clock: { now: Date };

  private constructor(folder: string, clock: { now: Date }, store: Store, controller: Controller) {
    this.#folder = folder;
    this.#clock = clock;
    this.store = store;
    this.controller = controller;
  }

  static async start(
    settings: Partial<ControllerSettings> = {},
    hosts: readonly string[] = ['compute1', 'compute2'],
    databaseUrl: string | null = null,
  ): Promise<NeutronRig> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-neutron-'));
    const clock = { now: new Date('2026-01-02T03:04:05Z') };
    const store = await Store.open({
      database: await openDatabase(databaseUrl ?? `sqlite:${path.join(folder, 'controller.db')}`),
      now: () => clock.now,
    });
    const controller = new Controller({
      store,
      version: '0',
      authenticator: new OpenAuthenticator(),
      settings: { vlanRanges: parseVlanRanges('physnet1:100:199', parsePhysicalNetwork), ...settings },
      now: () => clock.now,
      // A test that waits for an answer shall see why there was none.
      onError: (error) => console.error(error),
    });
    for (const name of hosts) {
      await controller.report(recordedHost(name));
      await store.write('join', (write) =>
        putAgent(write, { hostId: name, id: crypto.randomUUID(), version: '0', sessionId: null }),
      );
    }
    await controller.start();
    return new NeutronRig(folder, clock, store, controller);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.controller.server.close();
    await this.store.close();
    await rm(this.#folder, { recursive: true });
  }

  now(): Date {
    return this.#clock.now;
  }

  /** Lets time go by. */
  advance(milliseconds: number): void {
    this.#clock.now = new Date(this.#clock.now.getTime() + milliseconds);
  }

  async request(method: string, at: string, body: Json | null = null, asker = ADMIN): Promise<Answer> {
    const answer = await this.controller.server.inject({
      method: method as 'GET',
      url: `/v2.0/${at}`,
      headers: { ...asker },
      ...(body === null ? {} : { payload: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: answer.body === '' ? null : (JSON.parse(answer.body) as Json) };
  }

  get(at: string, asker = ADMIN): Promise<Answer> {
    return this.request('GET', at, null, asker);
  }

  put(at: string, body: Json, asker = ADMIN): Promise<Answer> {
    return this.request('PUT', at, body, asker);
  }

  post(at: string, body: Json, asker = ADMIN): Promise<Answer> {
    return this.request('POST', at, body, asker);
  }

  delete(at: string, asker = ADMIN): Promise<Answer> {
    return this.request('DELETE', at, null, asker);
  }

  /** Makes an object, which must succeed. @param envelope such as `port` */
  async make(at: string, envelope: string, values: Json, asker = ADMIN): Promise<Made> {
    const { status, body } = await this.post(at, { [envelope]: values }, asker);
    assert.equal(status, 201, JSON.stringify(body));
    return body?.[envelope] as Made;
  }

  /** The object at a path, which must be there. */
  async show(at: string, asker = ADMIN): Promise<Made> {
    const { status, body } = await this.get(at, asker);
    assert.equal(status, 200, JSON.stringify(body));
    return Object.values(body ?? {})[0] as Made;
  }

  /** The objects of a list. */
  async list(at: string, asker = ADMIN): Promise<readonly Made[]> {
    const { status, body } = await this.get(at, asker);
    assert.equal(status, 200, JSON.stringify(body));
    return Object.values(body ?? {})[0] as readonly Made[];
  }

  /** Expects a refusal, of this status and type. @returns its message */
  async refused(answer: Promise<Answer>, status: number, type: string): Promise<string> {
    const { status: given, body } = await answer;
    const error = body?.['NeutronError'] as { readonly type: string; readonly message: string } | undefined;
    assert.deepEqual({ status: given, type: error?.type }, { status, type }, JSON.stringify(body));
    return error?.message ?? '';
  }

  /** What a host shall make of a port; undefined: nothing. */
  async desired(hostId: string, portId: string): Promise<DesiredPort | undefined> {
    const rows = await this.store.read('read what a host shall have', (db) =>
      listDesiredPorts(db, hostId, null),
    );
    const row = rows.find((each) => each.portId === portId && each.body !== null);
    // Written by `wantAttachment`, so it has that form.
    return typeof row?.body === 'string' ? (JSON.parse(row.body) as DesiredPort) : undefined;
  }
}
