import { cacheFolder } from '../image/index.ts';
import { listRunFolders, managementAddress, type RunFolder } from '../machine/index.ts';
import { pciAddressOf } from '../topologies/index.ts';
import type { Command } from './command.ts';

/** What runs is read from the processes, not from what was written down when they were started. */
export const status: Command = async (_args, options) => {
  const folders = listRunFolders(cacheFolder()).filter(
    ({ name }) => options.lab === null || name === options.lab,
  );
  if (folders.length === 0) process.stdout.write('No lab is up\n');
  for (const run of folders) process.stdout.write(describe(run));
  return 0;
};

function describe(run: RunFolder): string {
  const record = run.readRecord();
  const living = run.livingMachines();
  if (record === null) {
    const state = run.isStarting() ? 'is being started' : `was left half way, with ${living.length} machines`;
    return `lab ${run.name} ${state}\n`;
  }
  const minutes = Math.floor((Date.now() - record.startedAt) / 60_000);
  const rows = record.topology.hosts.map((host) => {
    const found = living.find((each) => each.host === host.name);
    const state = found === undefined ? 'not running' : `running (process ${found.machine.pid})`;
    const cards = host.cards.map((card) => `${pciAddressOf(card)} on ${card.wire}`).join(', ');
    const address = managementAddress(record.topology, host);
    return `  ${host.name.padEnd(10)} ${state.padEnd(26)} ${address}  ${host.memoryMegabytes} MB  ${cards}\n`;
  });
  return `lab ${run.name}: up for ${minutes} min, ${record.accelerator}\n${rows.join('')}`;
}
