// Figures against the commands that operators type, inside a lab host: npm run lab -- bench. Its argument is a virtual machine that
// runs in the host, without interfaces.
// Emulation makes all of it slow, so what counts are ratios within one run. It is bundled and copied into the host; it must never
// use anything of the lab but what is bundled along, nor leave VFs behind.
import { readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLinuxHost } from '@virtfn/host-linux';
import { parsePciAddress } from '@virtfn/model';
import type { Result } from '../../bench/table.ts';
import { benchAttributes } from './attributes.ts';
import { benchEnabling } from './enabling.ts';
import { benchInventory } from './inventory.ts';
import { benchPlugging } from './plugging.ts';
import type { BenchHost } from './bench-host.ts';

const ports = ['0000:01:00.0', '0000:02:00.0'].map((address) => {
  const folder = `/sys/bus/pci/devices/${address}`;
  return { pf: parsePciAddress(address), folder, netdev: readdirSync(`${folder}/net`)[0] ?? '' };
});
const host = openLinuxHost({ now: () => performance.now(), sleep: (ms) => sleep(ms) });
const [first, second] = ports;
const [, , vm] = process.argv;
if (vm === undefined) throw new Error('which virtual machine is not said');
if (first === undefined || second === undefined) throw new Error('a lab host has two ports');
const bench: BenchHost = {
  host,
  first,
  second,
  setNumVfs: (numVfs, { folder }) => writeFileSync(`${folder}/sriov_numvfs`, `${numVfs}`),
};

for (const { folder, pf } of ports) {
  bench.setNumVfs(0, { folder });
  // As virtfn has it: what drivers do is not part of the comparison.
  writeFileSync(`${folder}/sriov_drivers_autoprobe`, '0');
  await host.apply({ kind: 'set-pf-up', pf });
}
const results: Result[] = [];
try {
  results.push({ benchmark: 'enabling 7 VFs', rows: await benchEnabling(bench) });
  results.push({ benchmark: '5 settings on each of 7 VFs', rows: await benchAttributes(bench) });
  results.push({ benchmark: 'inventory of 14 VFs', rows: await benchInventory(bench) });
  results.push({ benchmark: 'a VF into a running machine, and out', rows: await benchPlugging(bench, vm) });
} finally {
  for (const { folder } of ports) {
    bench.setNumVfs(0, { folder });
    writeFileSync(`${folder}/sriov_drivers_autoprobe`, '1');
  }
}
console.log(JSON.stringify(results));
process.exit();
