// The `virtfn` command: wires the program to this process, its terminal and the network.
// Holds no command itself, and must never import the controller or the agent: starting them is a process of its own.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import type { HostProgramEvent } from '@virtfn/contract';
import { Client, httpTransport } from '@virtfn/contract/client';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandContext } from './command-context.ts';
import { runProgram } from './program.ts';

const UP = fileURLToPath(new URL('../../up/src/main.ts', import.meta.url));

/** Runs the all-in-one program as a child that gets our signals, and waits for its end. */
function runUp(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [UP, ...args], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us, a supervisor only to this process; the child does not mind hearing it twice.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const HOST_PROGRAM = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url));

/** Runs the host program, which may import what is too slow for a command line, and hands on its lines. */
const runHostProgram: CommandContext['runHostProgram'] = async (request, args, onEvent) => {
  const child = spawn(process.execPath, [HOST_PROGRAM, request, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  // A step under way is finished: the child gets the same Ctrl-C from the terminal and ends behind it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  for await (const line of createInterface({ input: child.stdout }))
    onEvent(JSON.parse(line) as HostProgramEvent);
  await ended;
};

const isTerminal = process.stdout.isTTY;
const context: CommandContext = {
  terminal: {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    width: isTerminal ? process.stdout.columns : null,
    colour: isTerminal && process.env['NO_COLOR'] === undefined,
  },
  connect: (endpoint) => new Client(httpTransport(endpoint)),
  runUp,
  runHostProgram,
  defaultEndpoint: process.env['VIRTFN_ENDPOINT'] ?? 'http://127.0.0.1:9696',
  hasChosenEndpoint: process.env['VIRTFN_ENDPOINT'] !== undefined,
  exitWith: () => {},
};

process.exitCode = await runProgram(process.argv.slice(2), context, packageJson.version);
