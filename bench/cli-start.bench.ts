import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeBundle } from '../tools/bundle/bundle.ts';
import { measure } from './measure.ts';
import type { Benchmark, Row } from './table.ts';

const run = promisify(execFile);
const root = path.dirname(import.meta.dirname);

const benchmark: Benchmark = {
  name: 'start of the command line, bundled',
  async run(): Promise<readonly Row[]> {
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-'));
    try {
      const folder = path.join(scratch, 'dist');
      await makeBundle(root, folder, process.execPath);
      const env = { ...process.env, NODE_COMPILE_CACHE: path.join(scratch, 'compiled') };
      const median = async (file: string, args: readonly string[]): Promise<number> =>
        (await measure(() => run(file, args, { env }), { warmUp: 3, runs: 20 })).median;
      const virtfn = path.join(folder, 'virtfn');
      const bare = await median(process.execPath, ['--eval', '0']);
      const version = await median(virtfn, ['--version']);
      const list = await median(virtfn, ['nic', 'list', '--json', '--local']);
      return [
        { name: 'node alone', figure: bare, unit: 'ms' },
        {
          name: 'virtfn --version',
          figure: version,
          unit: 'ms',
          aim: { text: '< 100', holds: version < 100 },
        },
        {
          name: 'virtfn nic list --json --local',
          figure: list,
          unit: 'ms',
          aim: { text: '< 150', holds: list < 150 },
        },
        { name: 'virtfn --version, times node alone', figure: version / bare, unit: 'x' },
      ];
    } finally {
      rmSync(scratch, { recursive: true });
    }
  },
};

export default benchmark;
