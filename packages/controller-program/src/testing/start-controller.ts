import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';

const PROGRAM = path.join(import.meta.dirname, '../main.ts');

/** A controller in a process of its own. */
export interface RunningController {
  /** `http://127.0.0.1:…` */
  readonly endpoint: string;
  /** Ends it as `kill -9` does, and waits for its end. Idempotent. */
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the program with ports that are free. @param more lines of controller.yaml */
export async function startController(folder: string, more: string): Promise<RunningController> {
  const config = path.join(folder, 'controller.yaml');
  await writeFile(
    config,
    `version: 1\nlisten: 127.0.0.1:0\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}\nvlanRanges: [physnet1:100:199]\nhostGoneAfterSeconds: 86400\n${more}`,
  );
  const child = spawn(process.execPath, [PROGRAM, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const endpoint = /listening on (http:\S+),/.exec(String(first.value))?.[1];
  assert.ok(endpoint !== undefined, String(first.value));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { endpoint, kill, [Symbol.asyncDispose]: kill };
}
