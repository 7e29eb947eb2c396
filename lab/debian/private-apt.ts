import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LabError } from '../lab-error.ts';
import { readProgram, runProgram } from '../run-program.ts';
import { chooseLabSources, formatSources, type LabSources, readMachineSources } from './machine-sources.ts';

/**
 * An apt that sees the lab's sources and keeps its lists and packages in a folder of ours, so that nothing of the
 * machine's own apt changes. The machine's other settings (proxies, keys) hold for it too.
 */
export interface PrivateApt {
  readonly sources: LabSources;
  /** To be handed to apt in APT_CONFIG. */
  readonly configFile: string;
  readonly sourcesFile: string;
  /** The sources of the emulator, which the apt of `configFile` does not see. */
  readonly emulatorSourcesFile: string;
}

/** Writes the settings into `folder`. Idempotent; fetches nothing. @throws {LabError} on an unknown distribution */
export function preparePrivateApt(folder: string): PrivateApt {
  const sources = chooseLabSources(readMachineSources(), readCodename());
  const sourceParts = path.join(folder, 'sources.list.d');
  for (const part of [
    sourceParts,
    ...['lists', 'archives'].map((name) => path.join(folder, name, 'partial')),
  ]) {
    mkdirSync(part, { recursive: true });
  }
  const sourcesFile = path.join(sourceParts, 'lab.sources');
  writeFileSync(sourcesFile, formatSources(sources.sources));
  const emulatorSourcesFile = path.join(folder, 'emulator.sources');
  writeFileSync(emulatorSourcesFile, formatSources(sources.emulator.sources));
  const configFile = path.join(folder, 'apt.conf');
  const settings = [
    ['Dir::Etc::sourcelist', '/dev/null'],
    ['Dir::Etc::sourceparts', sourceParts],
    ['Dir::State::lists', path.join(folder, 'lists')],
    ['Dir::Cache', folder],
    // Folders below the home of a user cannot be entered by apt's own one.
    ['APT::Sandbox::User', 'root'],
    // Hooks of the machine tell its desktop about its own packages.
    ['APT::Update::Post-Invoke-Success::', 'true'],
    ['Acquire::Retries', retries],
  ];
  writeFileSync(configFile, settings.map(([name, value]) => `${name} "${value}";\n`).join(''));
  return { sources, configFile, sourcesFile, emulatorSourcesFile };
}

/** A mirror that does not answer is asked again, a little later each time. */
const retries = '5';

interface AptRun {
  readonly log: string;
  readonly signal: AbortSignal;
}

export async function updateLists(apt: PrivateApt, run: AptRun): Promise<void> {
  await runProgram(['apt-get', '--quiet', 'update', '--error-on=any'], { ...run, env: environment(apt) });
}

/** Downloads packages, each as NAME or NAME=VERSION, from the newer suite where the lab has one, and gives their files. */
export async function downloadPackages(
  apt: PrivateApt,
  names: readonly string[],
  folder: string,
  run: AptRun,
): Promise<void> {
  const release = apt.sources.backports === null ? [] : ['--target-release', apt.sources.backports];
  const argv = ['apt-get', '--quiet', ...release, 'download', ...names];
  await runProgram(argv, { ...run, env: environment(apt), cwd: folder });
}

export interface AvailablePackage {
  readonly version: string;
  /** The packages of the field Depends, without versions; the first of alternatives. */
  readonly depends: readonly string[];
}

/** Reads what the lab's suite for kernels offers under a name. @throws {LabError} when there is no such package */
export async function readAvailable(
  apt: PrivateApt,
  name: string,
  signal: AbortSignal,
): Promise<AvailablePackage> {
  const suite = apt.sources.backports ?? apt.sources.codename;
  const argv = ['apt-cache', 'show', '--no-all-versions', `${name}/${suite}`];
  const text = await readProgram(argv, { env: environment(apt), signal });
  const version = /^Version: (.*)$/m.exec(text)?.[1];
  if (version === undefined)
    throw new LabError(`Cannot find the package ${name} in ${suite}: apt shows nothing`);
  const depends = /^Depends: (.*)$/m.exec(text)?.[1] ?? '';
  return { version, depends: depends.split(', ').flatMap((item) => item.split(/[ |]/, 1)) };
}

/** The machine's apt settings about fetching (proxies, certificates, retries), as text that another apt can read. */
export async function readAcquireSettings(signal: AbortSignal): Promise<string> {
  const settings = await readProgram(['apt-config', 'dump', 'Acquire'], { signal });
  return `${settings}Acquire::Retries "${retries}";\n`;
}

function environment(apt: PrivateApt): NodeJS.ProcessEnv {
  return { ...process.env, APT_CONFIG: apt.configFile, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
}

function readCodename(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return /^VERSION_CODENAME="?([\w-]+)"?$/m.exec(text)?.[1] ?? 'a system without VERSION_CODENAME';
}
