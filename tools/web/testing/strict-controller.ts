import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, httpTransport, parseLoopbackAddress } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import {
  Controller,
  listen,
  makeToken,
  openDatabase,
  type Role,
  Store,
  TokenAuthenticator,
  tokenTable,
} from '@virtfn/controller';
import { parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import { usualWebFiles } from '@virtfn/web-files';

/** A controller without hosts that asks who it is, by tokens. */
export class StrictController {
  readonly url: string;
  readonly #folder: string;
  readonly #store: Store;
  readonly #controller: Controller;

  private constructor(url: string, folder: string, store: Store, controller: Controller) {
    this.url = url;
    this.#folder = folder;
    this.#store = store;
    this.#controller = controller;
  }

  static async start(): Promise<StrictController> {
    const now = (): Date => new Date();
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-strict-'));
    const database = await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`);
    const store = await Store.open({ database, now });
    const authenticator = new TokenAuthenticator({ table: tokenTable(store), now, otherwise: null });
    const settings = { vlanRanges: parseVlanRanges('physnet1:100:1999', parsePhysicalNetwork) };
    const controller = new Controller({
      store,
      version: '0.0.0',
      authenticator,
      settings,
      webFiles: usualWebFiles(),
    });
    await controller.start();
    const url = await listen(controller.server, parseLoopbackAddress('127.0.0.1:0'));
    return new StrictController(url, folder, store, controller);
  }

  /** Makes a token as `virtfn token create` does. */
  async makeToken(name: string, role: Role, projectId: string): Promise<string> {
    const { token, stored } = makeToken({ name, role, projectId, expiresAt: null }, new Date());
    await tokenTable(this.#store).create(stored);
    return token;
  }

  client(token: string): Client {
    return new Client(httpTransport(this.url, { token }));
  }

  neutron(token: string): NeutronClient {
    return new NeutronClient(httpTransport(this.url, { token }));
  }

  async stop(): Promise<void> {
    await this.#controller.server.close();
    this.#controller.fleet.stop();
    await this.#store.close();
    rmSync(this.#folder, { recursive: true });
  }
}
