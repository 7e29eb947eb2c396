import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { LabHost } from './lab-host.ts';
import { resetHost, virtfn, writeHostYaml } from './testing.ts';

const root = path.dirname(import.meta.dirname);
const unit = readFileSync(path.join(root, 'packaging/systemd/virtfn-agent.service'), 'utf8');
/** How a host sees this machine. */
const OUTSIDE = '10.0.2.2';

/** What is waited for is there after so long, or never. */
const PATIENCE_MS = 60_000;

/** A port as Neutron's API shows it. */
export interface ShownPort {
  readonly status: string;
  readonly mac_address: string;
  readonly 'binding:vif_type': string;
  readonly 'binding:host_id': string;
  readonly 'binding:profile': { readonly pci_slot?: string };
  readonly 'binding:vif_details': Readonly<Record<string, unknown>>;
}

export interface LabFleetOptions {
  readonly hosts: readonly LabHost[];
  /** The host.yaml of a host. */
  readonly configOf: (host: LabHost) => string;
  /** How many VFs each has by it. */
  readonly numVfs: number;
}

/** Hosts of the lab with agents, and their controller on this machine. */
export class LabFleet {
  readonly endpoint: string;
  readonly #options: LabFleetOptions;
  readonly #controller: ChildProcess;
  readonly #folder: string;

  private constructor(
    endpoint: string,
    options: LabFleetOptions,
    { controller, folder }: { readonly controller: ChildProcess; readonly folder: string },
  ) {
    this.endpoint = endpoint;
    this.#options = options;
    this.#controller = controller;
    this.#folder = folder;
  }

  /** Starts a controller, and joins the hosts, whatever they were before; returns when it knows their VFs. */
  static async start(options: LabFleetOptions): Promise<LabFleet> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-fleet-'));
    const config = path.join(folder, 'controller.yaml');
    await writeFile(
      config,
      `version: 1\nlisten: 127.0.0.1:0\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}/state\nvlanRanges: [physnet1:100:199]\n`,
    );
    const program = path.join(root, 'packages/controller-program/src/main.ts');
    const controller = spawn(process.execPath, [program, 'run', '--config', config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(controller.stdout !== null);
    const lines = createInterface({ input: controller.stdout });
    const first = String((await lines[Symbol.asyncIterator]().next()).value);
    const found = /listening on (\S+), .*agents dial \S+:(\d+)/.exec(first);
    assert.ok(found?.[1] !== undefined && found[2] !== undefined, first);
    const fleet = new LabFleet(found[1], options, { controller, folder });
    const linkPort = found[2];
    await Promise.all(options.hosts.map((host) => fleet.#join(host, linkPort)));
    await Promise.all(options.hosts.map((host) => fleet.#untilReported(host)));
    return fleet;
  }

  /** Asks the controller, which must say yes. */
  async ask<Answer>(at: string, init: RequestInit = {}): Promise<Answer> {
    const answer = await this.request(at, init);
    const text = await answer.text();
    assert.ok(answer.ok, text);
    return JSON.parse(text) as Answer;
  }

  /** Asks the controller, whatever it says. */
  request(at: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.endpoint}${at}`, { ...init, headers: { 'content-type': 'application/json' } });
  }

  /** Waits until the host has read back what became of a port, for at most a minute. */
  async untilStatus(id: string, wanted: string): Promise<ShownPort> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const { port } = await this.ask<{ readonly port: ShownPort }>(`/v2.0/ports/${id}`);
      if (port.status === wanted) return port;
      assert.ok(performance.now() < deadline, `port ${id} is ${port.status} and not ${wanted}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the agents and the controller, and leaves the hosts as they were. */
  async stop(): Promise<void> {
    for (const host of this.#options.hosts) {
      await host.sh(
        'systemctl stop virtfn-agent; rm -f /etc/systemd/system/virtfn-agent.service; systemctl daemon-reload',
        { timeoutMs: 120_000 },
      );
      await resetHost(host);
    }
    if (this.#controller.exitCode === null) {
      this.#controller.kill('SIGTERM');
      await once(this.#controller, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #join(host: LabHost, linkPort: string): Promise<void> {
    await resetHost(host);
    await writeHostYaml(host, this.#options.configOf(host));
    await host.sh(
      'ln -sf /usr/local/bin/virtfn /usr/bin/virtfn; cat > /etc/systemd/system/virtfn-agent.service; systemctl daemon-reload',
      { stdin: unit },
    );
    const { token } = await this.ask<{ readonly token: string }>('/virtfn/v1/enrolment-tokens', {
      method: 'POST',
      body: JSON.stringify({ hostId: host.name, expiresInHours: 1 }),
    });
    const url = `https://${OUTSIDE}:${linkPort}`;
    const enrolled = await virtfn(host, 'agent', 'enrol', url, '--token', token, '--name', host.name);
    assert.equal(enrolled.status, 0, enrolled.stderr);
    await host.run(['systemctl', 'start', 'virtfn-agent'], { timeoutMs: 120_000 });
  }

  /** Waits until the controller knows the host's VFs. */
  async #untilReported({ name }: LabHost): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const { hosts: known } = await this.ask<{
        readonly hosts: readonly { readonly hostId: string; readonly vfs: { readonly enabled: number } }[];
      }>('/virtfn/v1/hosts');
      if (known.some(({ hostId, vfs }) => hostId === name && vfs.enabled === this.#options.numVfs)) return;
      assert.ok(performance.now() < deadline, `host ${name} has not reported its VFs`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
