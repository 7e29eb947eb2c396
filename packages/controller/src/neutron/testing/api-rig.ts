import assert from 'node:assert/strict';
import type { ControllerSettings } from '../../controller.ts';
import { ADMIN, member, NeutronRig } from './neutron-rig.ts';

/** An object as the API shows it. */
export type Shown = Readonly<Record<string, unknown>> & { readonly id: string };

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A rig as a table of requests has it: who asks is `admin`, or the name of a project, for its member. */
export class ApiRig {
  readonly #rig: NeutronRig;

  private constructor(rig: NeutronRig) {
    this.#rig = rig;
  }

  static async open(
    settings: Partial<ControllerSettings> = {},
    hosts: readonly string[] = [],
    databaseUrl: string | null = null,
  ): Promise<ApiRig> {
    return new ApiRig(await NeutronRig.start(settings, hosts, databaseUrl));
  }

  close(): Promise<void> {
    return this.#rig[Symbol.asyncDispose]();
  }

  get controller(): NeutronRig['controller'] {
    return this.#rig.controller;
  }

  /** @param at below `/v2.0/` */
  async ask(
    who: string,
    method: Method,
    at: string,
    body: Readonly<Record<string, unknown>> | null = null,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await this.#rig.request(method, at, body, who === 'admin' ? ADMIN : member(who));
    return { status: answer.status, body: answer.body ?? {} };
  }

  /** What is in the envelope of an answer, which must be no refusal. */
  async #inside(...request: Parameters<ApiRig['ask']>): Promise<Shown> {
    const answer = await this.ask(...request);
    assert.ok(answer.status < 300, JSON.stringify([request, answer]));
    const [inside] = Object.values(answer.body);
    // What changes a part of an object answers without an envelope.
    return (answer.body['id'] === undefined ? inside : answer.body) as Shown;
  }

  create(who: string, at: string, body: Readonly<Record<string, unknown>>): Promise<Shown> {
    return this.#inside(who, 'POST', at, body);
  }

  update(who: string, at: string, body: Readonly<Record<string, unknown>>): Promise<Shown> {
    return this.#inside(who, 'PUT', at, body);
  }

  show(who: string, at: string): Promise<Shown> {
    return this.#inside(who, 'GET', at);
  }

  async list(who: string, at: string): Promise<readonly Shown[]> {
    return (await this.#inside(who, 'GET', at)) as unknown as readonly Shown[];
  }

  async remove(who: string, at: string): Promise<void> {
    const answer = await this.ask(who, 'DELETE', at);
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
  }

  /** The status and the type that a request is refused with: `409 NetworkInUse`. */
  async refusal(...request: Parameters<ApiRig['ask']>): Promise<string> {
    const { status, body } = await this.ask(...request);
    const refused = body['NeutronError'] as { readonly type: string } | undefined;
    assert.ok(refused !== undefined, `not refused: ${JSON.stringify([request, body])}`);
    return `${status} ${refused.type}`;
  }
}
