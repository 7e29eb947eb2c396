// Feeds decoders with mutated and random input: npm run fuzz -- ITERATIONS [--seed=N] [part of a name ...]
// Runs each *.fuzz.ts of packages/ and of targets/, and must never pass without having run one. A failure names its seed, with which it
// comes again.

import { globSync } from 'node:fs';
import path from 'node:path';

/** What a *.fuzz.ts file exports as its default. */
interface FuzzTarget {
  readonly name: string;
  /** Throws when an input crashes, hangs or breaks a rule. The same seed gives the same inputs. */
  run(iterations: number, seed: number): void | Promise<void>;
}

const root = path.dirname(path.dirname(import.meta.dirname));
const args = process.argv.slice(2);
const given = args.find((arg) => arg.startsWith('--seed='))?.slice('--seed='.length);
const [count = '', ...filters] = args.filter((arg) => !arg.startsWith('--'));
const iterations = Number(count);
const seed = given === undefined ? Math.trunc(Math.random() * 2 ** 32) : Number(given);
const known = args.every((arg) => !arg.startsWith('--') || arg.startsWith('--seed='));
if (!known || !Number.isInteger(iterations) || iterations < 1 || !Number.isInteger(seed)) {
  console.error('Usage: npm run fuzz -- ITERATIONS [--seed=N] [part of a name ...]');
  process.exit(2);
}

const files = globSync(['packages/**/src/**/*.fuzz.ts', 'tools/fuzz/targets/*.fuzz.ts'], {
  cwd: root,
  exclude: (name) => name === 'node_modules',
});
const chosen = files
  .filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)))
  .toSorted();
if (chosen.length === 0) {
  console.error(`Cannot fuzz: none of ${files.length} files matches`);
  process.exit(1);
}

for (const file of chosen) {
  const { default: target } = (await import(path.join(root, file))) as { default: FuzzTarget };
  console.log(`${target.name}: ${iterations} inputs, seed ${seed}`);
  const started = performance.now();
  try {
    await target.run(iterations, seed);
  } catch (error) {
    console.error(`FAILED ${target.name}, again with: npm run fuzz -- ${iterations} --seed=${seed} ${file}`);
    throw error;
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `ok     ${target.name}: ${seconds.toFixed(1)} s, ${Math.round(iterations / seconds)} inputs a second`,
  );
}
