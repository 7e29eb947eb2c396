import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readAcquireSettings } from '../debian/index.ts';
import { runProgram } from '../run-program.ts';
import type { BuildContext } from './build-cache.ts';

interface DebianRoot {
  readonly codename: string;
  readonly packages: readonly string[];
  /** What mmdebstrap(1) is told besides. */
  readonly options: readonly string[];
  readonly sourcesFile: string;
  /** A name in the layer's folder: a tarball, if it ends in `.tar`, or a folder. */
  readonly target: string;
}

/** Makes the file system of a Debian in the folder of a layer, with packages from where this machine gets its own. */
export async function bootstrap(
  { sourcesFile, ...root }: DebianRoot,
  folder: string,
  context: BuildContext,
): Promise<void> {
  const scratch = path.join(folder, 'scratch');
  mkdirSync(scratch);
  const settings = path.join(folder, 'acquire.conf');
  writeFileSync(settings, await readAcquireSettings(context.signal));
  const argv = [
    'mmdebstrap',
    ...root.options,
    `--aptopt=${settings}`,
    `--include=${root.packages.join(',')}`,
    root.codename,
    path.join(folder, root.target),
    sourcesFile,
  ];
  await runProgram(argv, { ...context, env: { ...process.env, TMPDIR: scratch, LC_ALL: 'C.UTF-8' } });
  rmSync(scratch, { recursive: true });
  rmSync(settings);
}
