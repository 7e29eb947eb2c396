import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { formatTable, type Result } from '../../bench/table.ts';
import { makeProgram } from '../../tools/bundle/bundle.ts';
import type { Command } from './command.ts';
import { chooseHost } from './command.ts';
import { LabVm, prepareHosts } from '../virtual-machine/index.ts';
import { reportPhase } from './report.ts';

const root = path.join(import.meta.dirname, '../..');
/** Beside it lie koffi and the program of the kernel thread, where the bundle of the command has them. */
const place = '/opt/virtfn/dist/bench.mjs';

export const bench: Command = async (args, options) => {
  const { host } = chooseHost(args, options);
  const { install, signal } = options;
  const machine = new LabVm('bench', [host]);
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bench-'));
  try {
    const file = path.join(scratch, 'bench.mjs');
    await makeProgram(root, 'lab/bench/main.ts', file);
    await host.copyIn(file, place);
    await prepareHosts([host], { install, signal, report: reportPhase });
    await machine.remove();
    await machine.create();
    const answer = await host.run(['node', place, machine.name], { timeoutMs: 900_000 });
    process.stdout.write(`${formatTable(JSON.parse(answer) as Result[])}\n`);
    return 0;
  } finally {
    rmSync(scratch, { recursive: true });
    await machine.remove();
    await host.disconnect();
  }
};
