import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { summarize } from '../../bench/measure.ts';
import type { Row } from '../../bench/table.ts';
import type { BenchHost } from './bench-host.ts';

const run = promisify(execFile);
const ROUNDS = 5;

/** A step of virtfn, with its looks before and after, against a bare write to the kernel's file by a shell. */
export async function benchEnabling({ host, first, setNumVfs }: BenchHost): Promise<readonly Row[]> {
  const hasCarrier = (): boolean =>
    readFileSync(`/sys/class/net/${first.netdev}/carrier`, 'utf8').trim() === '1';
  // The driver resets the port for it; the next round starts from the same state.
  const begin = async (): Promise<void> => {
    setNumVfs(0, first);
    for (let wait = 0; wait < 300 && !hasCarrier(); wait += 1) await sleep(100);
  };
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    await begin();
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const echo: number[] = [];
  const echoAndLink: number[] = [];
  const step: number[] = [];
  const write = (): Promise<unknown> => run('sh', ['-c', `echo 7 > ${first.folder}/sriov_numvfs`]);
  // In turns, so that what else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    echo.push(await timed(write));
    step.push(await timed(() => host.apply({ kind: 'set-num-vfs', pf: first.pf, from: 0, numVfs: 7 })));
    echoAndLink.push(
      await timed(async () => {
        await write();
        while (!hasCarrier()) await sleep(10);
      }),
    );
  }
  await begin();
  const [bare, whole, ours] = [echo, echoAndLink, step].map((times) => summarize(times).median) as [
    number,
    number,
    number,
  ];
  return [
    { name: '`echo 7 > sriov_numvfs`', figure: bare, unit: 'ms' },
    { name: 'the same, until the port has its link again', figure: whole, unit: 'ms' },
    { name: 'virtfn, read back, link again', figure: ours, unit: 'ms' },
    { name: 'virtfn, times echo', figure: ours / bare, unit: 'x' },
    {
      name: 'virtfn, times echo until the link is back',
      figure: ours / whole,
      unit: 'x',
      aim: { text: '< 1.1', holds: ours / whole < 1.1 },
    },
  ];
}
