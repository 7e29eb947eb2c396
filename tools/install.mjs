// Brings node_modules to what package-lock.json says, for a fresh clone and after a changed lock file.
// It must never change the lock file, never reach for the network when node_modules already matches,
// and must run on every Node from 20 on, so it is plain JavaScript without dependencies.
// Everything it says goes to stderr: stdout belongs to the program that is started afterwards.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Written as the last act of an installation, so an interrupted one is never taken for a whole one. */
const stampFile = 'node_modules/.virtfn-installed.json';

// npm ci empties node_modules before it fills it, so the lock must lie elsewhere.
const lockFile = '.cache/install.lock';

/**
 * Installs the locked dependencies unless they are there already. Idempotent; safe to run twice at once.
 *
 * @param {string} root the checkout
 * @param {(line: string) => void} say where progress goes
 * @throws {Error} with what to do, when npm cannot install
 */
export async function installLocked(root, say = (line) => process.stderr.write(`${line}\n`)) {
  const wanted = wantedStamp(root);
  if (readText(path.join(root, stampFile)) === wanted) return;

  const release = await takeLock(path.join(root, lockFile), say);
  try {
    // Another launcher may have installed while this one waited, or somebody ran npm by hand.
    if (readText(path.join(root, stampFile)) === wanted) return;
    if (!matchesLock(root)) await runNpm(root, say, release.setChild);
    fs.writeFileSync(path.join(root, stampFile), wanted);
  } finally {
    release();
  }
}

/** @param {string} root */
function wantedStamp(root) {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'));
  const sha256 = createHash('sha256').update(lock).digest('hex');
  // Packages with compiled parts differ by platform: a node_modules copied between machines does not count.
  return `${JSON.stringify({ sha256, platform: process.platform, arch: process.arch })}\n`;
}

/**
 * Compares npm's own record of what it installed with the lock file. npm writes that record last.
 * Without this, a developer who ran `npm ci` would pay for a second one.
 *
 * @param {string} root
 */
function matchesLock(root) {
  const installed = readPackages(path.join(root, 'node_modules/.package-lock.json'));
  if (installed === null) return false;
  const locked = readPackages(path.join(root, 'package-lock.json')) ?? {};
  const runtime = `node_modules/node-linux-${process.arch}`;
  for (const [name, entry] of Object.entries(locked)) {
    if (name === '') continue; // the root package itself is in no record of installed ones
    const found = installed[name];
    if (found === undefined) {
      if (entry.optional !== true || (name === runtime && process.platform === 'linux')) return false;
    } else if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
    else if (!fs.existsSync(path.join(root, name, 'package.json'))) return false;
  }
  return Object.entries(installed).every(
    ([name, entry]) =>
      locked[name] !== undefined && fits(entry.os, process.platform) && fits(entry.cpu, process.arch),
  );
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string | string[], cpu?: string | string[] }} LockEntry
 * @param {string} file
 * @returns {Record<string, LockEntry> | null}
 */
function readPackages(file) {
  const text = readText(file);
  if (text === null) return null;
  try {
    return JSON.parse(text).packages ?? null;
  } catch {
    return null; // cut short by an interruption: the same as not there
  }
}

/**
 * @param {string | string[] | undefined} allowed npm's `os` or `cpu` field: names, or names after a `!`
 * @param {string} value
 */
function fits(allowed, value) {
  const names = [allowed ?? []].flat();
  if (names.length === 0) return true;
  return (
    names.includes(value) || (names.every((name) => name.startsWith('!')) && !names.includes(`!${value}`))
  );
}

/**
 * @param {string} root
 * @param {(line: string) => void} say
 * @param {(pid: number) => void} onStart
 */
async function runNpm(root, say, onStart) {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const heartbeat = setInterval(() => say(`  still installing, ${seconds()} s`), 10_000);
  try {
    const ending = npmCi(root, onStart);
    say('Installing the locked dependencies (first run, about 20 s)…');
    const failure = await ending;
    if (failure !== null) throw new Error(failure);
  } finally {
    clearInterval(heartbeat);
  }
  say(`Installed in ${seconds()} s.`);
}

/**
 * Runs `npm ci` and answers why it failed, or null.
 *
 * @param {string} root
 * @param {(pid: number) => void} onStart
 * @returns {Promise<string | null>}
 */
function npmCi(root, onStart) {
  const inside = path.join(root, 'node_modules') + path.sep;
  // npm puts node_modules/.bin first in PATH, and there lies a `node` that this very run is about to delete.
  const searchPath = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((dir) => !dir.startsWith(inside));
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'];
  // Ended by hand: npm must not go on alone, and the lock must be given back on the way out.
  // npm takes half a minute to roll back what it has begun. Nothing here needs that: without a stamp all is done anew.
  /** @type {NodeJS.Signals | null} */
  let endedBy = null;
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    endedBy = signal;
    npm.kill('SIGKILL'); // events come only after this function has returned, so npm is there
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, end);

  const npm = spawn('npm', args, {
    cwd: root,
    env: { ...process.env, PATH: searchPath.join(path.delimiter) },
    stdio: ['ignore', 2, 2],
  });
  if (npm.pid !== undefined) onStart(npm.pid);

  return new Promise((resolve) => {
    npm.on('error', (error) => {
      resolve(`Cannot run npm: ${error.message}\nInstall npm (Debian: apt install npm), then try again.`);
    });
    npm.on('exit', (code, signal) => {
      const by = endedBy ?? signal;
      if (by !== null) resolve(`Installation ended by ${by}. The same command starts it over cleanly.`);
      else if (code === 0) resolve(null);
      else resolve(`Cannot install the dependencies: npm ci ended with code ${code}\n${advice}`);
    });
  }).finally(() => {
    for (const signal of signals) process.off(signal, end);
  });
}

const advice = `npm's own words are above. What to look at:
  ENOTFOUND, ETIMEDOUT, ECONNREFUSED: no network, or a proxy is needed (npm config set https-proxy …)
  E404, EINTEGRITY: the registry in use is not a full one (npm config get registry)
  EUSAGE, "in sync": package.json was changed without its lock file; run npm install
  EACCES, ENOSPC: no right to write in node_modules, or the disk is full
Then run the same command again: it starts over cleanly.`;

/**
 * Takes the lock, waiting for a living holder and removing a dead one's.
 * Its text is the holder's process id and, once npm runs, npm's: npm may outlive a killed launcher.
 *
 * @param {string} file
 * @param {(line: string) => void} say
 */
async function takeLock(file, say) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, `${process.pid}`);
  for (let waited = false; !tryLink(draft, file); ) {
    const holders = readText(file);
    if (holders === null) continue; // given back between the two calls
    if (!holders.split(' ').some((pid) => isAlive(Number(pid)))) {
      breakLock(file, holders);
      continue;
    }
    if (!waited) say(`Waiting for another installation (process ${holders.split(' ')[0]})…`);
    waited = true;
    await delay(200);
  }
  fs.rmSync(draft);

  const release = () => fs.rmSync(file, { force: true });
  /** @param {number} pid */
  release.setChild = (pid) => {
    fs.writeFileSync(draft, `${process.pid} ${pid}`);
    fs.renameSync(draft, file);
  };
  return release;
}

/**
 * A hard link appears with its content at once, so no reader ever sees a lock without its holder.
 *
 * @param {string} draft
 * @param {string} file
 */
function tryLink(draft, file) {
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Two waiters may both find the same dead holder. The rename lets only one of them win, and shows whether it took
 * the dead lock or one made in between, which is put back.
 *
 * @param {string} file
 * @param {string} dead
 */
function breakLock(file, dead) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (errno(error) === 'ENOENT') return;
    throw error;
  }
  if (readText(aside) !== dead) fs.renameSync(aside, file);
  else fs.rmSync(aside);
}

/** @param {number} pid */
function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errno(error) === 'EPERM'; // alive, and somebody else's
  }
}

/** @param {string} file */
function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @param {unknown} error */
function errno(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
