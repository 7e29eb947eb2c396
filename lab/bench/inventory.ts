import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { measure } from '../../bench/measure.ts';
import type { Row } from '../../bench/table.ts';
import type { BenchHost } from './bench-host.ts';

const run = promisify(execFile);

/** One look of virtfn against the three commands that tell as much together. */
export async function benchInventory({ host, first, second, setNumVfs }: BenchHost): Promise<readonly Row[]> {
  for (const port of [first, second]) setNumVfs(7, port);
  const repetition = { warmUp: 2, runs: 9 };
  const { median: look } = await measure(async () => {
    const { pfs } = await host.observe();
    const vfs = pfs.reduce((sum, pf) => sum + pf.vfs.length, 0);
    if (vfs !== 14) throw new Error(`${vfs} VFs were seen`);
    return pfs;
  }, repetition);
  const time = async (file: string, ...args: readonly string[]): Promise<number> =>
    (await measure(() => run(file, args), repetition)).median;
  const command = await time('virtfn', 'nic', 'list', '--local', '--json');
  const lspci = await time('lspci', '-nn');
  const ip = await time('ip', '-json', '-d', 'link');
  const virsh = await time('virsh', 'nodedev-list', '--tree');
  const sum = lspci + ip + virsh;
  for (const port of [first, second]) setNumVfs(0, port);
  return [
    { name: 'virtfn, agent warm', figure: look, unit: 'ms' },
    { name: '`virtfn nic list`, start of Node included', figure: command, unit: 'ms' },
    { name: '`lspci -nn`', figure: lspci, unit: 'ms' },
    { name: '`ip -json -d link`', figure: ip, unit: 'ms' },
    { name: '`virsh nodedev-list`', figure: virsh, unit: 'ms' },
    {
      name: 'times faster than the three',
      figure: sum / look,
      unit: 'x',
      aim: { text: '> 1', holds: sum > look },
    },
  ];
}
