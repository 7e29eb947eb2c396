import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Client, followEvents, httpStreamTransport, httpTransport } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';

const PROGRAM = path.join(import.meta.dirname, 'fleet-process.ts');
const NETWORK = { name: 'network', collection: 'networks', path: 'networks' };
const PORT = { name: 'port', collection: 'ports', path: 'ports' };
const QUOTA = { name: 'quota', collection: 'quotas', path: 'quotas' };

/** A VF of the wide host. */
export interface WideVf {
  readonly pfName: string;
  readonly vfIndex: number;
  readonly pciAddress: string;
}

/** A fleet of one host with a thousand VFs, in a process of its own. */
export class WideFleet {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #neutron: NeutronClient;
  readonly #following = new AbortController();
  /** When the controller's stream told that a port is set up, by its id: milliseconds since 1970. */
  readonly #told = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();
  #networkId = '';

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    this.#neutron = new NeutronClient(httpTransport(url));
  }

  static async start(): Promise<WideFleet> {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const { value: url } = await lines[Symbol.asyncIterator]().next();
    if (url === undefined) throw new Error('it ended before it listened');
    const fleet = new WideFleet(child, url);
    await fleet.#neutron.update(QUOTA, 'fake_project_id', { port: -1 });
    fleet.#networkId = (await fleet.#neutron.create(NETWORK, { name: 'blue' })).id;
    void fleet.#follow();
    return fleet;
  }

  /** All that no port has. */
  async freeVfs(): Promise<readonly WideVf[]> {
    const client = new Client(httpTransport(this.url));
    const { vfs } = await client.call('listVfs', {}, null, { state: 'free', limit: 1000 });
    return vfs.map(({ pf, pfNetdevName, vf: { vfIndex, pciAddress } }) => ({
      pfName: pfNetdevName ?? pf,
      vfIndex,
      pciAddress,
    }));
  }

  /** Makes a port on a VF. @returns its id */
  async bind({ pciAddress }: WideVf): Promise<string> {
    const { id } = await this.#neutron.create(PORT, {
      network_id: this.#networkId,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'wide',
      'binding:profile': { pci_slot: pciAddress, physical_network: 'physnet1' },
    });
    return id;
  }

  /** When the controller's stream told that it is set up: milliseconds since 1970. Waits for it. */
  toldAt(portId: string): Promise<number> {
    const at = this.#told.get(portId);
    if (at !== undefined) return Promise.resolve(at);
    return new Promise((resolve) => this.#waiting.set(portId, resolve));
  }

  async stop(): Promise<void> {
    this.#following.abort();
    this.#child.stdin?.end();
    await once(this.#child, 'exit');
  }

  /** As anybody may: what a browser gets is written in the same turn. */
  async #follow(): Promise<void> {
    const events = followEvents({
      transport: httpStreamTransport(this.url),
      query: { kind: 'attachment' },
      signal: this.#following.signal,
      sleep: async () => {},
      onLost: () => {},
    });
    for await (const event of events) {
      if (event.kind !== 'attachment' || event.view?.state !== 'configured') continue;
      const at = performance.timeOrigin + performance.now();
      this.#told.set(event.view.portId, at);
      this.#waiting.get(event.view.portId)?.(at);
    }
  }
}
