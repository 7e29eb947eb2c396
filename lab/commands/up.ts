import { cacheFolder } from '../image/index.ts';
import { findLab, startLab, stopLab } from '../lab.ts';
import { listRunFolders, RunFolder } from '../machine/index.ts';
import { getTopology } from '../topologies/index.ts';
import type { Command } from './command.ts';
import { reportPhase } from './report.ts';

export const up: Command = async ([name = 'pair'], options) => {
  const topology = getTopology(name);
  const run = new RunFolder(cacheFolder(), options.lab ?? topology.name);
  if (run.livingMachines().length > 0 && run.readRecord() !== null) {
    process.stderr.write(`The lab "${run.name}" is up already. To start afresh: lab down\n`);
    return 0;
  }
  const started = performance.now();
  const { install, signal } = options;
  const lab = await startLab(topology, { name: run.name, install, signal, report: reportPhase });
  await lab.disconnect();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const hosts = lab.hosts.map((host) => host.name).join(', ');
  process.stdout.write(`The lab "${run.name}" is up after ${seconds} s (${lab.accelerator}): ${hosts}\n`);
  process.stdout.write('Try: npm run lab -- exec -- virtfn nic list\n');
  return 0;
};

export const down: Command = async (_args, options) => {
  const folders = listRunFolders(cacheFolder()).filter(
    ({ name }) => options.lab === null || name === options.lab,
  );
  const [first] = folders;
  if (first === undefined) {
    process.stderr.write('No lab is up\n');
    return 0;
  }
  // With several, it says which there are.
  const ended = options.all || folders.length === 1 ? folders : [findLab(options.lab).run];
  for (const run of ended) {
    await stopLab(run);
    process.stdout.write(`The lab "${run.name}" is down\n`);
  }
  return 0;
};
