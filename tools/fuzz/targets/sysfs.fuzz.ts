import assert from 'node:assert/strict';
import { runDoctor } from '../../../packages/host-linux/src/doctor/run-doctor.ts';
import { gatherFactsWith } from '../../../packages/host-linux/src/doctor/facts/index.ts';
import { describeNodeDeviceWith } from '../../../packages/host-linux/src/node-device/describe-node-device.ts';
import { readPfsWith } from '../../../packages/host-linux/src/sysfs/index.ts';
import {
  parseTree,
  readFixture,
  type TreeEntry,
} from '../../../packages/host-linux/src/testing/tree-loader.ts';
import { mutate, noise, Random } from '../../../packages/netlink/src/fuzz/mutate.ts';
import { countAttempts, type FuzzCount } from './attempt.ts';
import { MemoryReader } from './memory-reader.ts';

const FIXTURES = ['fish', 'switchdev', 'without-driver', 'firmware-off', 'healthy', 'not-root', 'container'];

const texts = [
  '-1',
  '65535',
  '4294967295',
  '0x',
  '0xffffffffff',
  'NaN',
  '1e9',
  '..',
  '/',
  '',
  '\0',
  '0',
  '1',
  '7',
  '256',
];
const targets = [
  '.',
  '..',
  '../..',
  '/',
  '/proc',
  'virtfn0',
  '../0000:3b:00.0',
  '/dev/vfio/52',
  '/dev/infiniband/uverbs3',
];

/** What a broken driver, a broken copy or an enemy may put in the place of a file or a link. */
function damage(entry: TreeEntry, random: Random, others: readonly TreeEntry[]): readonly TreeEntry[] {
  const { path: place } = entry;
  const other = random.pick(others);
  switch (random.below(9)) {
    case 0:
      return [];
    case 1:
      return [{ kind: 'file', path: place, content: Buffer.from(`${random.pick(texts)}\n`) }];
    case 2:
      return [{ kind: 'file', path: place, content: noise(random, random.below(600)) }];
    case 3:
      return [{ kind: 'link', path: place, target: random.pick(targets) }];
    case 4:
      return [{ kind: random.below(2) === 0 ? 'folder' : 'refusal', path: place }];
    case 5:
      // What stands at another place.
      return [{ ...other, path: place }];
    case 6:
      return [entry, { ...other, path: `${place.slice(0, place.lastIndexOf('/'))}/${lastPart(other.path)}` }];
    case 7:
      return [
        entry,
        { kind: 'link', path: `${place}/virtfn${random.below(70_000)}`, target: random.pick(targets) },
      ];
    default:
      if (entry.kind === 'link')
        return [{ ...entry, target: entry.target.replace(/\d/, `${random.below(10)}`) }];
      if (entry.kind !== 'file') return [entry];
      return [{ ...entry, content: mutateContent(entry, random, other) }];
  }
}

function lastPart(place: string): string {
  return place.slice(place.lastIndexOf('/') + 1);
}

function mutateContent(
  { content }: { readonly content: Uint8Array },
  random: Random,
  other: TreeEntry,
): Buffer {
  const bytes = Buffer.from(content);
  return mutate(bytes, random, other.kind === 'file' ? Buffer.from(other.content) : bytes);
}

/** Every number in what was read counts something. */
function checkNumbers(value: unknown, where: string): void {
  if (typeof value === 'number') assert.ok(Number.isInteger(value) && value >= 0, `${where} is ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) checkNumbers(inner, `${where}.${key}`);
}

/** Whether the machine still had a PF. */
function readAll(tree: readonly TreeEntry[], random: Random): boolean {
  const pfs = readPfsWith(new MemoryReader(tree));
  checkNumbers(pfs, 'pfs');
  // What the doctor reads beside it takes ten times as long.
  if (random.below(20) === 0) {
    const facts = gatherFactsWith(new MemoryReader(tree));
    checkNumbers(facts, 'facts');
    runDoctor(facts);
  }
  for (const pf of pfs) {
    const vfs = pf.vfs.map((vf) => vf.pciAddress);
    assert.equal(new Set([pf.pciAddress, ...vfs]).size, vfs.length + 1, 'two VFs at one address');
  }
  const functions = pfs.flatMap((pf) => [pf.pciAddress, ...pf.vfs.map((vf) => vf.pciAddress)]);
  if (functions.length === 0) return false;
  const xml = describeNodeDeviceWith(new MemoryReader(tree), random.pick(functions));
  assert.ok(xml.startsWith('<device>'), xml);
  return true;
}

/** @throws when reading a damaged machine fails, hangs, or gives numbers that count nothing */
export function fuzzSysfs(iterations: number, seed: number): FuzzCount {
  const random = new Random(seed);
  const trees = FIXTURES.map((name) => parseTree(readFixture(name)));
  let changed: readonly TreeEntry[] = [];
  const attempt = (): boolean => {
    const tree = random.pick(trees);
    const others = random.below(10) === 0 ? random.pick(trees) : tree;
    const hits = new Set(Array.from({ length: 1 + random.below(6) }, () => random.below(tree.length)));
    const damaged = tree.map((entry, at) => (hits.has(at) ? damage(entry, random, others) : [entry]));
    changed = [...hits].flatMap((at) => damaged[at] ?? []);
    return readAll(damaged.flat(), random);
  };
  const show = (): string =>
    JSON.stringify(changed, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
  return countAttempts(iterations, attempt, show);
}

export default {
  name: 'trees of sysfs and procfs',
  run: (iterations: number, seed: number) => void fuzzSysfs(iterations, seed),
};
