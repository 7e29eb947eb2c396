import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { parseMacAddress, parseVlan, type VfSetting } from '@virtfn/model';
import { measure } from '../../bench/measure.ts';
import type { Row } from '../../bench/table.ts';
import type { BenchHost } from './bench-host.ts';

const run = promisify(execFile);
const VFS = [0, 1, 2, 3, 4, 5, 6];

/** Five settings of each VF as steps of virtfn, read back behind the last, against `ip`, which reads nothing back. */
export async function benchAttributes({ host, first, setNumVfs }: BenchHost): Promise<readonly Row[]> {
  setNumVfs(7, first);
  let round = 0;
  // Other values each time, so that nothing is left out as done already.
  const settingsOf = (vf: number): readonly { readonly setting: VfSetting; readonly words: string }[] => {
    const mac = parseMacAddress(`52:54:00:00:${(0x10 + (round % 100)).toString(16)}:0${vf}`);
    const id = 100 + (round % 100) + vf;
    const on = round % 2 === 0;
    const rate = 100 + (round % 100);
    return [
      { setting: { attribute: 'adminMac', value: mac }, words: `mac ${mac}` },
      { setting: { attribute: 'vlan', value: parseVlan(id) }, words: `vlan ${id}` },
      { setting: { attribute: 'spoofCheck', value: on }, words: `spoofchk ${on ? 'on' : 'off'}` },
      { setting: { attribute: 'trust', value: on }, words: `trust ${on ? 'on' : 'off'}` },
      {
        setting: { attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: rate } },
        words: `max_tx_rate ${rate}`,
      },
    ];
  };
  const repetition = { warmUp: 3, runs: 9, prepare: () => (round += 1) };
  const lines = (): readonly string[] =>
    VFS.flatMap((vf) => settingsOf(vf).map(({ words }) => `link set ${first.netdev} vf ${vf} ${words}`));

  const { median: ours } = await measure(async () => {
    const outcomes = await host.applySettings(
      VFS.flatMap((vfIndex) =>
        settingsOf(vfIndex).map(
          ({ setting }) => ({ kind: 'set-vf', pf: first.pf, vfIndex, setting }) as const,
        ),
      ),
    );
    const failed = outcomes.find((outcome) => outcome.kind !== 'done');
    if (failed !== undefined) throw new Error(JSON.stringify(failed));
  }, repetition);
  const { median: each } = await measure(
    async () => {
      for (const line of lines()) await run('ip', line.split(' '));
    },
    { ...repetition, warmUp: 1, runs: 3 },
  );
  const { median: batch } = await measure(
    () => execFileSync('ip', ['-batch', '-'], { input: lines().join('\n') }),
    repetition,
  );
  setNumVfs(0, first);
  return [
    { name: 'virtfn, read back', figure: ours, unit: 'ms' },
    { name: 'one `ip link set` each', figure: each, unit: 'ms' },
    { name: 'one `ip -batch`', figure: batch, unit: 'ms' },
    {
      name: 'times faster than one ip each',
      figure: each / ours,
      unit: 'x',
      aim: { text: '> 5', holds: each / ours > 5 },
    },
    {
      name: 'times faster than ip -batch',
      figure: batch / ours,
      unit: 'x',
      aim: { text: '>= 1', holds: batch >= ours },
    },
  ];
}
