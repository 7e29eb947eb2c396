import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import { OpenAuthenticator } from '../auth/index.ts';
import { Controller, type ControllerSettings } from '../controller.ts';
import { openDatabase, Store } from '../store/index.ts';

/** An object as the API shows it. */
export type Shown = Readonly<Record<string, unknown>> & { readonly id: string };

/** Who asks: `admin`, or the name of a project, as its member. */
type Who = string;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A controller without hosts, on a database of its own, that tests talk to as HTTP clients do. */
export class ApiRig {
  readonly controller: Controller;
  readonly #store: Store;
  readonly #folder: string;

  private constructor(controller: Controller, store: Store, folder: string) {
    this.controller = controller;
    this.#store = store;
    this.#folder = folder;
  }

  static async open(settings: Partial<ControllerSettings> = {}): Promise<ApiRig> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-api-'));
    const database = await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`);
    const store = await Store.open({ database, now: () => new Date('2026-01-02T03:04:05Z') });
    const controller = new Controller({
      store,
      version: '0',
      vlanRanges: parseVlanRanges('physnet1:100:1999', parsePhysicalNetwork),
      authenticator: new OpenAuthenticator(),
      settings,
    });
    await controller.start();
    return new ApiRig(controller, store, folder);
  }

  async close(): Promise<void> {
    await this.controller.server.close();
    this.controller.fleet.stop();
    await this.#store.close();
    await rm(this.#folder, { recursive: true });
  }

  /** @param at below `/v2.0/` */
  async ask(
    who: Who,
    method: Method,
    at: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await this.controller.server.inject({
      method,
      url: `/v2.0/${at}`,
      headers: {
        'x-project-id': who,
        'x-roles': who === 'admin' ? 'admin' : 'member',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: answer.body === '' ? {} : JSON.parse(answer.body) };
  }

  /** An envelope of one, that the server must accept. */
  async #one(who: Who, method: Method, at: string, body?: object): Promise<Shown> {
    const answer = await this.ask(who, method, at, body);
    assert.ok(answer.status < 300, `${method} ${at}: ${JSON.stringify(answer)}`);
    const [shown = answer.body] = Object.values(answer.body);
    return shown as Shown;
  }

  create(who: Who, at: string, body: object): Promise<Shown> {
    return this.#one(who, 'POST', at, body);
  }

  update(who: Who, at: string, body: object): Promise<Shown> {
    return this.#one(who, 'PUT', at, body);
  }

  show(who: Who, at: string): Promise<Shown> {
    return this.#one(who, 'GET', at);
  }

  async list(who: Who, at: string): Promise<readonly Shown[]> {
    const { status, body } = await this.ask(who, 'GET', at);
    assert.equal(status, 200, JSON.stringify(body));
    return Object.values(body)[0] as readonly Shown[];
  }

  async remove(who: Who, at: string): Promise<void> {
    const answer = await this.ask(who, 'DELETE', at);
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
  }

  /** The status and the type that a request is refused with: `409 NetworkInUse`. */
  async refusal(who: Who, method: Method, at: string, body?: object): Promise<string> {
    const answer = await this.ask(who, method, at, body);
    const { type, message } = (answer.body['NeutronError'] ?? {}) as { type?: string; message?: string };
    assert.ok(type !== undefined && message !== undefined, `not refused: ${JSON.stringify(answer)}`);
    return `${answer.status} ${type}`;
  }
}
