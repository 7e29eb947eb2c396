// Runs the benchmarks: npm run bench -- [--json] [part of a name ...]
// A missed aim is shown plainly but must never fail the run: figures depend on the machine, and whoever reads them
// judges. What must hold on every machine is a test.

import { globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Benchmark, formatTable, type Result } from './table.ts';

const folder = import.meta.dirname;
const args = process.argv.slice(2);
const json = args.includes('--json');
const filters = args.filter((arg) => arg !== '--json');

const files = globSync('*.bench.ts', { cwd: folder }).toSorted();
const chosen = files.filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)));
if (chosen.length === 0) {
  console.error(
    `Cannot run a benchmark: none of ${files.length} in bench/ matches. Usage: npm run bench -- [--json] [part of a name ...]`,
  );
  process.exit(1);
}

const machine = {
  processor: os.cpus()[0]?.model ?? 'unknown processor',
  cores: os.availableParallelism(),
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  node: process.versions.node,
};

const results: Result[] = [];
for (const file of chosen) {
  // stdout carries the table alone, so that --json can be piped.
  console.error(`Running ${file}…`);
  const { default: benchmark } = (await import(path.join(folder, file))) as { default: Benchmark };
  results.push({ benchmark: benchmark.name, rows: await benchmark.run() });
}

if (json) console.log(JSON.stringify({ machine, results }, null, 2));
else {
  const { processor, cores, memoryGiB, load, node } = machine;
  console.log(`${processor}, ${cores} cores, ${memoryGiB} GiB, load ${load} at the start, Node ${node}\n`);
  console.log(formatTable(results));
}
