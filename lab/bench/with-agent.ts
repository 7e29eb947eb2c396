import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askAgent } from '@virtfn/contract/client';
import type { HostRequest } from '@virtfn/contract/host-program';
import type { BenchHost } from './bench-host.ts';

interface AgentWay {
  readonly name: 'agent';
  readonly plug: () => Promise<void>;
  readonly unplug: () => Promise<void>;
}

/** Runs the agent as a program, with one VF of its own and nothing kept, and gives a port to a machine by its socket. */
export async function withAgent<T>(
  { pf }: BenchHost['first'],
  mac: string,
  vm: string,
  work: (way: AgentWay) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-agent-'));
  const configFile = path.join(folder, 'host.yaml');
  const socket = path.join(folder, 'agent.sock');
  writeFileSync(
    configFile,
    `version: 1\npfs:\n  - match: { pciAddress: "${pf}" }\n    numVfs: 1\n    physicalNetworks: [bench]\n`,
  );
  const env = { ...process.env, VIRTFN_CONFIG: configFile, VIRTFN_STATE_DIR: folder, VIRTFN_SOCKET: socket };
  const agent = spawn('/usr/local/bin/virtfn', ['agent', 'run'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(agent, 'exit');
  const ask = async (request: HostRequest): Promise<void> => {
    const errors: string[] = [];
    const isThere = await askAgent(
      socket,
      request,
      (event) => {
        if (event.event === 'error') errors.push(event.error.message);
      },
      AbortSignal.timeout(120_000),
    );
    if (!isThere) errors.push('no agent answers');
    if (errors.length > 0) throw new Error(errors.join(', '));
  };
  try {
    for (let wait = 0; !existsSync(socket); wait += 1) {
      if (wait > 600) throw new Error('the agent does not start');
      await sleep(100);
    }
    await ask({ request: 'machines' });
    const rest = { configFile: null, vm, dryRun: false } as const;
    return await work({
      name: 'agent',
      plug: () =>
        ask({
          ...rest,
          request: 'attach',
          kind: 'direct',
          scope: 'live',
          physicalNetwork: 'bench',
          vlanId: null,
          mac,
          pf: null,
          vfIndex: null,
          spoofCheck: true,
          trust: false,
          minTxRateMbps: null,
          maxTxRateMbps: null,
        }),
      unplug: () => ask({ ...rest, request: 'detach', attachment: null, force: false, waitSeconds: 30 }),
    });
  } finally {
    agent.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  }
}
