import assert from 'node:assert/strict';
import { lstatSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { gatherFacts, readMachine, runDoctor } from '../index.ts';
import { layOutTree, parseTree, readFixture, type TreeEntry } from '../testing/tree-loader.ts';

/** What a broken driver, a broken copy or an enemy may put in the place of a file or a link. */
type Garbage =
  | { readonly kind: 'file'; readonly content: Uint8Array }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'gone' };

const text = fc.oneof(
  fc.constantFrom(
    '-1',
    '65535',
    '4294967295',
    '0x',
    '0xffffffffff',
    'NaN',
    '1e9',
    '..',
    '../..',
    '/',
    '',
    '\0',
  ),
  fc.integer().map(String),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const target = fc.oneof(
  fc.constantFrom(
    '.',
    '..',
    '../..',
    '/',
    '/proc',
    '/dev/zero',
    'virtfn0',
    '../0000:3b:00.0',
    '/dev/vfio/52',
  ),
  fc.string({ minLength: 1, maxLength: 30 }).filter((each) => !each.includes('\0')),
);
const garbage: fc.Arbitrary<Garbage> = fc.oneof(
  text.map((each) => ({ kind: 'file' as const, content: Buffer.from(each) })),
  fc.uint8Array({ maxLength: 600 }).map((content) => ({ kind: 'file' as const, content })),
  target.map((each) => ({ kind: 'link' as const, target: each })),
  fc.constant({ kind: 'gone' as const }),
);

function put(place: string, thing: Garbage | TreeEntry): void {
  rmSync(place, { recursive: true, force: true });
  if (thing.kind === 'file') writeFileSync(place, thing.content);
  if (thing.kind === 'link') symlinkSync(thing.target, place);
}

/** Every number in what was read counts something. */
function checkNumbers(value: unknown, where: string): void {
  if (typeof value === 'number') assert.ok(Number.isInteger(value) && value >= 0, `${where} is ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) checkNumbers(inner, `${where}.${key}`);
}

for (const fixture of ['switchdev', 'without-driver', 'firmware-off', 'healthy']) {
  test(`reading survives garbage in any place of ${fixture}`, (t) => {
    const entries = parseTree(readFixture(fixture)).filter(({ kind }) => kind === 'file' || kind === 'link');
    const root = layOutTree(t, readFixture(fixture));
    const damage = fc.array(fc.tuple(fc.nat(entries.length - 1), garbage), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(damage, (damages) => {
        const damaged = damages.flatMap(([at, thing]) => {
          const entry = entries[at];
          return entry === undefined ? [] : [{ entry, thing, place: path.join(root, entry.path) }];
        });
        // Behind a folder's link that was damaged there is nothing to damage, and nothing to mend.
        const reachable = damaged.filter(({ place }) => isThere(place));
        try {
          for (const { place, thing } of reachable) if (isThere(path.dirname(place))) put(place, thing);
          const facts = gatherFacts(root);
          checkNumbers(readMachine(root), 'host');
          checkNumbers(facts, 'facts');
          runDoctor(facts);
          for (const pf of facts.pfs) {
            const vfs = pf.vfs.map((vf) => vf.pciAddress);
            assert.equal(new Set([pf.pciAddress, ...vfs]).size, vfs.length + 1, 'two VFs at one address');
          }
        } finally {
          for (const { entry, place } of reachable) put(place, entry);
        }
      }),
      { numRuns: 150 },
    );
  });
}

function isThere(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false }) !== undefined;
}
