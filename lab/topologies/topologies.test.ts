import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getTopology, type LabTopology, pciAddressOf, requireSoundTopology } from './index.ts';

const host = { name: 'a', memoryMegabytes: 2048, cards: [{ slot: 1, wire: 'left' }], netdevsims: [] };

test('requireSoundTopology() accepts every topology that can be named', () => {
  for (const name of ['pair', 'single']) requireSoundTopology(getTopology(name));
});

const unsound: readonly { name: string; given: LabTopology['hosts']; want: RegExp }[] = [
  { name: 'no host', given: [], want: /no host/ },
  { name: 'memory that kills VFs', given: [{ ...host, memoryMegabytes: 3072 }], want: /3072 MB/ },
  { name: 'the same name twice', given: [host, host], want: /same name/ },
  { name: 'a name that is none', given: [{ ...host, name: 'A b' }], want: /"A b"/ },
  {
    name: 'a gap in the slots',
    given: [{ ...host, cards: [{ slot: 2, wire: 'left' }] }],
    want: /slots of a/,
  },
  {
    name: 'three hosts on a wire',
    given: ['a', 'b', 'c'].map((name) => ({ ...host, name })),
    want: /3 hosts are on the wire "left"/,
  },
];
for (const { name, given, want } of unsound) {
  test(`requireSoundTopology() refuses ${name}`, () => {
    assert.throws(() => requireSoundTopology({ name: 'test', hosts: given }), want);
  });
}

test('getTopology() names those that exist', () => {
  assert.throws(() => getTopology('trio'), /pair, single/);
});

test('pciAddressOf() gives each slot a bus of its own', () => {
  assert.equal(pciAddressOf({ slot: 10, wire: 'left' }), '0000:0a:00.0');
});
