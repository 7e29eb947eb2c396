import { rmSync } from 'node:fs';
import path from 'node:path';
import { copyCode, makeCodeDisk } from './code-disk.ts';
import { packagesToBuild, packagesToRun, preparePrivateApt, requirePackages } from './debian/index.ts';
import { BuildCache, cacheFolder, isFetched, obtainImage } from './image/index.ts';
import { LabError } from './lab-error.ts';
import { LabHost } from './lab-host.ts';
import {
  type Accelerator,
  chooseAccelerator,
  listRunFolders,
  RunFolder,
  recordProcess,
  startMachine,
  stopMachines,
  watchMachine,
} from './machine/index.ts';
import { testCards } from './self-test.ts';
import { type LabTopology, requireSoundTopology } from './topologies/index.ts';

export interface StartOptions {
  /** Several labs can run side by side. Default: the name of the topology. */
  readonly name?: string;
  /** Install packages that this machine lacks, rather than say so. */
  readonly install?: boolean;
  readonly signal?: AbortSignal;
  /** Gets each phase as it begins and ends. */
  readonly report?: (phase: string, state: string) => void;
}

const checkout = path.dirname(import.meta.dirname);

/** How long a host may take from the start of its machine until it answers. */
const bootMilliseconds = 300_000;

/** A lab that runs. It outlives this process; `down` ends it. */
export class Lab {
  readonly run: RunFolder;
  readonly topology: LabTopology;
  readonly accelerator: Accelerator;
  readonly hosts: readonly LabHost[];

  constructor(run: RunFolder, topology: LabTopology, accelerator: Accelerator) {
    this.run = run;
    this.topology = topology;
    this.accelerator = accelerator;
    this.hosts = topology.hosts.map((host) => new LabHost(host, run.files(host.name).channel));
  }

  /** @throws {LabError} naming those that exist */
  host(name: string): LabHost {
    const found = this.hosts.find((host) => host.name === name);
    if (found !== undefined) return found;
    const names = this.hosts.map((host) => host.name).join(', ');
    throw new LabError(`Cannot find the host "${name}" in the lab "${this.run.name}": there are ${names}`);
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.disconnect()));
  }

  async down(): Promise<void> {
    await this.disconnect();
    await stopLab(this.run);
  }
}

/** Builds what is not built, starts the hosts, and proves that their cards work. Leaves nothing behind when it fails or is aborted. */
export async function startLab(topology: LabTopology, options: StartOptions = {}): Promise<Lab> {
  const { install = false, signal = new AbortController().signal, report = () => {} } = options;
  requireSoundTopology(topology);
  const cacheRoot = cacheFolder();
  const cache = new BuildCache(cacheRoot, signal, report);
  const apt = preparePrivateApt(path.join(cacheRoot, 'apt'));
  const needed = isFetched(cache, apt) ? packagesToRun : packagesToBuild;
  const log = path.join(cacheRoot, 'logs/packages.log');
  await timed('packages', report, () => requirePackages(needed, apt, { install, log, signal }));
  const image = await obtainImage(cache, apt);

  const run = new RunFolder(cacheRoot, options.name ?? topology.name);
  const me = recordProcess(process.pid);
  if (me === null) throw new LabError('Cannot start a lab: /proc shows no processes');
  run.claim(me);
  try {
    const codeLog = path.join(cacheRoot, 'logs/code.log');
    const makingCode = timed('code', report, () =>
      makeCodeDisk(checkout, run.codeDisk(), { log: codeLog, signal }),
    );
    const choosing = timed('accelerator', report, () => chooseAccelerator(image, signal));
    await Promise.allSettled([makingCode, choosing]);
    await makingCode;
    const accelerator = await choosing;
    const lab = new Lab(run, topology, accelerator);
    await timed('boot', report, () => bootAll(lab, image, signal));
    await timed('self-test', report, () => Promise.all(lab.hosts.map(testCards)));
    signal.throwIfAborted();
    run.complete({ topology, accelerator, startedAt: Date.now() });
    return lab;
  } catch (error) {
    await stopLab(run);
    throw error;
  }
}

/** Finds a lab that runs. Without a name there must be one only. @throws {LabError} saying what there is */
export function findLab(name: string | null): Lab {
  const folders = listRunFolders(cacheFolder());
  const found = folders.flatMap((run) => {
    const record = run.readRecord();
    if (record === null || (name !== null && run.name !== name)) return [];
    return [new Lab(run, record.topology, record.accelerator)];
  });
  const [lab] = found;
  if (lab === undefined) {
    const message = `Cannot find ${name === null ? 'a lab' : `the lab "${name}"`}: none is up`;
    throw new LabError(message, { hint: 'lab up' });
  }
  if (found.length > 1) {
    const names = found.map(({ run }) => run.name).join(', ');
    throw new LabError(`Cannot tell which lab is meant: ${names} are up`, { hint: 'Say --lab NAME' });
  }
  return lab;
}

/** Ends the machines of a lab, whether it is up or was left half way, and removes its files. */
export async function stopLab(run: RunFolder): Promise<void> {
  await stopMachines(run.livingMachines().map(({ machine }) => machine));
  run.remove();
}

/** Brings the packages of the checkout, as they are now, into every host. Dependencies stay as they were at `up`. */
export async function syncCode(lab: Lab, signal: AbortSignal): Promise<void> {
  const tree = path.join(lab.run.folder, `sync.${process.pid}`);
  try {
    await copyCode(checkout, tree, signal);
    for (const host of lab.hosts) {
      await host.sh('rm -rf /opt/virtfn/packages /opt/virtfn/dist');
      await host.copyIn(tree, '/opt/virtfn');
    }
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

async function bootAll(
  lab: Lab,
  image: Parameters<typeof startMachine>[1]['image'],
  signal: AbortSignal,
): Promise<void> {
  const { run, topology, accelerator } = lab;
  const done = new AbortController();
  const limit = AbortSignal.any([signal, done.signal, AbortSignal.timeout(bootMilliseconds)]);
  const boot = async (host: LabHost): Promise<void> => {
    const plan = { topology, host: host.topology, image, accelerator };
    const machine = await startMachine(run, plan, limit);
    await Promise.race([host.waitForBoot(limit), watchMachine(run, host.name, machine, limit)]);
  };
  try {
    await Promise.all(lab.hosts.map(boot));
  } finally {
    // Ends all that still waits, also when one host has failed.
    done.abort();
  }
}

async function timed<T>(
  phase: string,
  report: (phase: string, state: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const result = await work();
  const detail = typeof result === 'string' ? `${result}, ` : '';
  report(phase, `${detail}${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}
