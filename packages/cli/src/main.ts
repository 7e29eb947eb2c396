// The `virtfn` command: wires the program to this process, its terminal, this machine and the network.
// Holds no command itself, and must never import statically what a command may not need: it would cost every other one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HostRequest } from '@virtfn/contract';
import { askAgent, Client, followEvents, httpStreamTransport, httpTransport } from '@virtfn/contract/client';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import { SriovError, toSriovError } from '@virtfn/model';
import { readEnrolmentToken } from './enrolment-token.ts';
import { placesOf } from '@virtfn/host-program/places';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandContext, ThisHost } from './command-context.ts';
import { runProgram } from './program.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const UP = fileURLToPath(new URL('../../up/src/main.ts', import.meta.url));

const CONTROLLER = fileURLToPath(new URL('../../controller-program/src/main.ts', import.meta.url));

/** Runs another program of ours as a child that gets our signals, and waits for its end. */
function runChild(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us, a supervisor only to this process; the child does not mind hearing it twice.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Aborted by Ctrl-C, so that a step under way is finished first. The second time nobody waits for it. */
function interruption(signals: readonly NodeJS.Signals[] = SIGNALS): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

/** Whoever answers may be in another folder than the one who asks. */
function withWholePath(request: HostRequest): HostRequest {
  if (!('configFile' in request) || request.configFile === null) return request;
  return { ...request, configFile: path.resolve(request.configFile) };
}

const thisHost: ThisHost = {
  async ask(asked, onEvent) {
    const request = withWholePath(asked);
    const signal = interruption();
    const places = placesOf(process.env);
    if (existsSync(places.socket) && (await askAgent(places.socket, request, onEvent, signal))) return;
    const { answerOnce } = await import('@virtfn/host-program');
    await answerOnce(request, places, onEvent, signal);
  },
  async examine(root) {
    const { gatherFacts, runDoctor } = await import('@virtfn/host-linux');
    return runDoctor(gatherFacts(root)).map((finding) => ({ ...finding }));
  },
  async collect(root, folder) {
    const { collectSnapshot } = await import('@virtfn/host-linux');
    return collectSnapshot(root, folder);
  },
  async describeDevice(name) {
    const { describeNodeDevice } = await import('@virtfn/host-linux');
    return describeNodeDevice('/', name);
  },
  async enrol(url, token, name) {
    const { enrolThisHost } = await import('@virtfn/host-program/enrol');
    const secret = await readEnrolmentToken(token, process.env, process.stdin);
    return enrolThisHost(url, secret, name, placesOf(process.env));
  },
  async runAgent(addresses) {
    const { runDaemon } = await import('@virtfn/host-program/daemon');
    // systemd adds time and name to each line.
    const log = (line: string): void => void process.stdout.write(`${line}\n`);
    const reload = (listener: () => void): void => void process.on('SIGHUP', listener);
    await runDaemon(placesOf(process.env), log, interruption(['SIGINT', 'SIGTERM']), reload, addresses);
  },
};

/** @throws {SriovError} CONFIG_INVALID */
async function readNamedFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'an error';
    throw new SriovError('CONFIG_INVALID', `Cannot read ${file}: the system answered ${why}`, {
      hint: 'Give the name of a text file that this user may read',
      cause: error,
    });
  }
}

// Who reads may have read enough (`| head`), as every other command takes it: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const token = process.env['VIRTFN_TOKEN'] ?? null;
const isTerminal = process.stdout.isTTY;
const context: CommandContext = {
  terminal: {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    width: isTerminal ? process.stdout.columns : null,
    colour: isTerminal && process.env['NO_COLOR'] === undefined,
  },
  connect: (endpoint, patience) => new Client(httpTransport(endpoint, { token, ...patience })),
  connectNeutron: (endpoint) => new NeutronClient(httpTransport(endpoint, { token })),
  followEvents: (endpoint, query, onLost) =>
    followEvents({
      transport: httpStreamTransport(endpoint, token),
      query,
      signal: interruption(),
      sleep: async (ms, signal) => {
        await setTimeout(ms, undefined, { signal }).catch(() => {});
      },
      onLost: (error) => onLost(toSriovError(error)),
    }),
  now: () => new Date(),
  sleep: (milliseconds) => setTimeout(milliseconds),
  runUp: (args) => runChild(UP, args),
  runController: (args) => runChild(CONTROLLER, args),
  env: process.env,
  thisHost,
  readFile: readNamedFile,
  defaultEndpoint: process.env['VIRTFN_ENDPOINT'] ?? 'http://127.0.0.1:9696',
  hasChosenEndpoint: process.env['VIRTFN_ENDPOINT'] !== undefined,
  exitWith: () => {},
};

process.exitCode = await runProgram(process.argv.slice(2), context, packageJson.version);
