import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { isSriovError, parsePciAddress } from '@virtfn/model';
import { NftPacketFilters } from './nft-packet-filters.ts';
import { type NftOutcome, runNft } from './run-nft.ts';

// A program in nft's place. What nft itself makes of a script is the contract's matter.

const folder = mkdtempSync(path.join(tmpdir(), 'virtfn-nft-'));
after(() => {
  rmSync(folder, { recursive: true });
});

function programOf(script: string): string {
  const program = path.join(folder, `nft-${crypto.randomUUID()}`);
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return program;
}

const HANGS = 'exec tail -f /dev/null';

const outcomes: readonly {
  readonly name: string;
  readonly given: string;
  readonly want: NftOutcome;
}[] = [
  { name: 'one that takes the script', given: '[ "$(cat)" = "add table" ]', want: { kind: 'done' } },
  {
    name: 'one that refuses, in its first words',
    given: 'printf "\\n  /dev/stdin:1:1: Error: no\\nadd table\\n^^^\\n" >&2; exit 1',
    want: { kind: 'refused', words: '/dev/stdin:1:1: Error: no' },
  },
  {
    name: 'one that refuses and does not read',
    given: 'exit 1',
    want: { kind: 'refused', words: 'nothing' },
  },
  {
    name: 'what it was told and where it runs',
    given: 'echo "$@ $LC_ALL $PATH $HOME" >&2; exit 1',
    want: { kind: 'refused', words: '--file - C /usr/sbin:/sbin:/usr/bin:/bin' },
  },
  {
    name: 'one that is killed',
    given: 'kill -KILL $$',
    want: { kind: 'unknown', words: 'nft did not end within 5 s, or was ended' },
  },
];
for (const { name, given, want } of outcomes) {
  test(`runNft() tells of ${name}`, async () => {
    assert.deepEqual(
      await runNft('add table\n', 'change', { program: programOf(given), limitMs: 5000 }),
      want,
    );
  });
}

test('runNft() ends a program that hangs, and says that nobody knows', async () => {
  const outcome = await runNft('', 'check', { program: programOf(HANGS), limitMs: 100 });
  assert.equal(outcome.kind, 'unknown');
});

for (const given of ['/nonexistent/nft', folder]) {
  test(`runNft() says that there is no program where ${path.basename(given)} is none`, async () => {
    assert.equal((await runNft('', 'change', { program: given })).kind, 'absent');
  });
}

test('NftPacketFilters says after a time-out that nobody knows, and goes on with what comes behind', async () => {
  using filters = new NftPacketFilters({ program: programOf(HANGS), limitMs: 100 });
  const pciAddress = parsePciAddress('0000:3b:10.0');
  const isTimeOut = (error: unknown): boolean => isSriovError(error, 'STEP_TIMEOUT');
  const both = [filters.apply({ kind: 'remove-filter', pciAddress }), filters.observe()];
  for (const each of both) await assert.rejects(each, isTimeOut);
});
