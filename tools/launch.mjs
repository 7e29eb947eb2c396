// Starts one of the project's TypeScript programs: node tools/launch.mjs SCRIPT.ts [arguments]
// It installs what is locked if need be, finds a Node that runs TypeScript, and then stays out of the way:
// stdin, stdout, stderr, signals and the exit code are the program's own. It must never print on a warm run,
// and must run on every Node from 20 on, so it is plain JavaScript without dependencies.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installLocked } from './install.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The first Node with `node:sqlite`, TypeScript as it is, and long-term support for all of it. */
const oldestNode = 24;

/** @type {NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a script of this checkout and ends this process as the script ended.
 *
 * @param {string} script path under the root of the checkout
 * @param {readonly string[]} args
 */
export async function launch(script, args) {
  try {
    await installLocked(root);
    run(chooseRuntime(), [path.join(root, script), ...args]);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * Finds a Node that is new enough: the one that runs this, or the locked npm package.
 *
 * @throws {Error} saying what was tried, what was found and what to do
 */
function chooseRuntime() {
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return process.execPath;
  const locked = path.join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (process.platform === 'linux' && fs.existsSync(locked)) return locked;
  throw new Error(
    `Cannot start: Node ${oldestNode} or newer is needed\n` +
      `  found Node ${process.versions.node} at ${process.execPath}\n` +
      `  found no ${path.relative(root, locked)} (the locked runtime exists for Linux on x64 and arm64)\n` +
      `Install Node ${oldestNode} and put it first in PATH, or run: npm ci --include=optional`,
  );
}

/**
 * @param {string} node
 * @param {string[]} args
 */
function run(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of forwarded) {
    process.on(signal, () => {
      // Control-C in a terminal reaches the whole group. Sent on, it would look like a second, impatient one.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`Cannot start ${node}: ${error.message}\nRemove node_modules and try again.\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

if (process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) {
    process.stderr.write('Usage: node tools/launch.mjs SCRIPT.ts [arguments]\n');
    process.exitCode = 2;
  } else await launch(script, args);
}
