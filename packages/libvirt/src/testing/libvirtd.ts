import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ReconnectingConnection } from '../connection/index.ts';
import { findProgram, skipWithout } from './required-program.ts';

/** A libvirtd of a test's own, which touches nothing of the machine's. */
export interface Libvirtd extends AsyncDisposable {
  readonly socketPath: string;
  /** Private, and removed at the end. */
  readonly folder: string;
  /** For virsh, and for another daemon: the URI with this daemon's socket in it. */
  uriOf(uri: 'test:///default' | 'qemu:///session' | 'nodedev:///session'): string;
  /** Again, after stop() or kill(). */
  start(): Promise<void>;
  /** In good order. Guests of QEMU go on. */
  stop(): Promise<void>;
  /** As a crash would. */
  kill(): Promise<void>;
}

export interface LibvirtdOptions {
  /** Another host than this one, to whoever asks: two daemons do not migrate within one host. */
  readonly hostname?: string;
  /** How who connects shall prove who he is: 'none' unless told. */
  readonly auth?: 'none' | 'polkit';
}

const NOBODY = { uid: 65_534, gid: 65_534 };
const START_LIMIT_MS = 20_000;
const isRoot = process.getuid?.() === 0;

/** A host name of its own is a namespace of its own, for which who is not root needs a user namespace first. */
const ownHostname = isRoot
  ? ['unshare', '--uts']
  : ['unshare', '--user', '--map-current-user', '--keep-caps', '--uts'];

/** For node:test's `skip`. */
export const skipWithoutLibvirtd = (): string | false =>
  skipWithout({ libvirtd: 'libvirt-daemon', virsh: 'libvirt-clients' });

export const skipWithoutQemu = (): string | false =>
  skipWithoutLibvirtd() || skipWithout({ 'qemu-system-x86_64': 'qemu-system-x86' });

/** For what needs a daemon with a host name of its own, and QEMU. */
export function skipWithoutTwoHosts(): string | false {
  const missing = skipWithoutQemu();
  if (missing !== false || process.env['CI'] === 'true') return missing;
  const [program = '', ...args] = ownHostname;
  try {
    execFileSync(program, [...args, 'hostname', 'elsewhere'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs root or user namespaces, for a daemon with a host name of its own';
  }
}

/**
 * Starts libvirtd as a user without rights: as root it would share /run/libvirt and /var/lib/libvirt with a libvirtd of the
 * machine. So its hypervisors are "test:///default" and "qemu:///session".
 *
 * @throws {Error} with its log, when it does not start
 */
export async function startLibvirtd({ hostname, auth = 'none' }: LibvirtdOptions = {}): Promise<Libvirtd> {
  const program = findProgram('libvirtd');
  if (program === null) throw new Error('Cannot start libvirtd: it is not installed');
  // Short: the path of a socket has 107 bytes at most.
  const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-lv-'));
  const runtime = path.join(folder, 'runtime');
  const log = path.join(folder, 'log');
  const config = path.join(folder, 'libvirtd.conf');
  const socketPath = path.join(folder, 'libvirt-sock');
  await mkdir(runtime, { mode: 0o700 });
  await writeFile(
    config,
    [
      'listen_tls = 0',
      'listen_tcp = 0',
      `unix_sock_dir = "${folder}"`,
      `auth_unix_rw = "${auth}"`,
      'auth_unix_ro = "none"',
      `log_outputs = "3:file:${log}"`,
      `host_uuid = "${crypto.randomUUID()}"`,
      '',
    ].join('\n'),
  );
  if (isRoot) for (const place of [folder, runtime, config]) await chown(place, NOBODY.uid, NOBODY.gid);
  const env = {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    HOME: folder,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    XDG_DATA_HOME: path.join(folder, 'data'),
  };
  // setpriv lowers the rights, and ends the daemon when this process dies: a test that is killed leaves nothing running.
  const rights = isRoot
    ? [`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups']
    : ['--inh-caps=-all', '--ambient-caps=-all'];
  const daemon = ['setpriv', ...rights, '--pdeathsig=TERM', program, '--config', config];
  const other = [...ownHostname, 'sh', '-c', 'hostname "$1"; shift; exec "$@"', 'sh', hostname ?? ''];
  const [command = '', ...args] = hostname === undefined ? daemon : [...other, ...daemon];

  const run = async (): Promise<(signal: NodeJS.Signals) => Promise<void>> => {
    // A crash leaves it behind, and it says that a daemon runs.
    await rm(path.join(runtime, 'libvirt', 'libvirtd.pid'), { force: true });
    const child = spawn(command, args, { env, cwd: '/', stdio: 'ignore' });
    const ended = once(child, 'exit');
    const unusable = new AbortController();
    const timer = setTimeout(() => unusable.abort(new Error('it does not answer')), START_LIMIT_MS);
    child.once('exit', (code) => unusable.abort(new Error(`it ended with ${code}`)));
    try {
      await using probe = new ReconnectingConnection({
        uri: 'test:///default',
        socketPath,
        minDelayMs: 10,
        maxDelayMs: 20,
      });
      await probe.whenConnected(unusable.signal);
    } catch (error) {
      child.kill('SIGKILL');
      const said = await readFile(log, 'utf8').catch(() => '');
      throw new Error(`Cannot start libvirtd: ${said}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
    return async (signal) => {
      child.kill(signal);
      await ended;
    };
  };

  let end: ((signal: NodeJS.Signals) => Promise<void>) | null = await run();
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    await end?.(signal);
    end = null;
  };
  return {
    socketPath,
    folder,
    uriOf: (uri) => `${uri.replace(':', '+unix:')}?socket=${socketPath}`,
    start: async () => {
      end ??= await run();
    },
    stop: () => endBy('SIGTERM'),
    kill: () => endBy('SIGKILL'),
    async [Symbol.asyncDispose]() {
      await endBy('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
