import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifecycleDetails, lifecycleOf, stateReasons } from '../codec/index.ts';
import { parseEventLine, parseListLine, parseState } from './read-output.ts';

const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';

const lines = [
  { name: 'a running domain', given: `${uuid} 1 test`, want: { name: 'test', uuid, id: 1 } },
  { name: 'one that is shut off', given: `${uuid} - test`, want: { name: 'test', uuid, id: null } },
  { name: 'a name of several words', given: `${uuid} 12 a b  c`, want: { name: 'a b  c', uuid, id: 12 } },
  { name: 'another line', given: 'Id Name State', want: null },
];

for (const { name, given, want } of lines) {
  test(`parseListLine() reads ${name}`, () => {
    assert.deepEqual(parseListLine(given), want);
  });
}

const states = [
  { given: 'running (booted)\n', want: { state: 'running', reason: 'booted' } },
  { given: 'paused (I/O error)\n', want: { state: 'paused', reason: 'io-error' } },
  { given: 'shut off (destroyed)\n', want: { state: 'shutoff', reason: 'destroyed' } },
  { given: 'in shutdown (user)\n', want: { state: 'shutting-down', reason: 'user' } },
  { given: 'crashed (panicked)\n', want: { state: 'crashed', reason: 'panicked' } },
  { given: 'idle (unknown)\n', want: { state: 'blocked', reason: 'unknown' } },
  { given: 'running (running)\n', want: { state: 'running', reason: 'unknown' } },
  { given: 'running (of the future)\n', want: { state: 'running', reason: 'unknown' } },
  { given: 'paused\n', want: { state: 'paused', reason: 'unknown' } },
  { given: 'of the future (booted)\n', want: { state: 'no-state', reason: 'unknown' } },
  { given: '', want: { state: 'no-state', reason: 'unknown' } },
];

for (const { given, want } of states) {
  test(`parseState() takes "${given.trim()}" for ${want.state}, ${want.reason}`, () => {
    assert.deepEqual(parseState(given), want);
    assert.ok(want.state in stateReasons);
  });
}

const events = [
  {
    given: "event 'lifecycle' for domain 'vm': Started Booted",
    want: { kind: 'lifecycle', domainName: 'vm', event: 'started', detail: 'booted' },
  },
  {
    given: "event 'lifecycle' for domain 'vm': Shutdown Finished after guest request",
    want: { kind: 'lifecycle', domainName: 'vm', event: 'shutdown', detail: 'guest' },
  },
  {
    given: "event 'lifecycle' for domain 'a': b': Suspended Post-copy Error",
    want: { kind: 'lifecycle', domainName: "a': b", event: 'suspended', detail: 'postcopy-failed' },
  },
  {
    given: "event 'lifecycle' for domain 'vm': Stopped of the future",
    want: { kind: 'lifecycle', domainName: 'vm', event: 'stopped', detail: 'unknown' },
  },
  { given: "event 'lifecycle' for domain 'vm': Unknown Unknown", want: null },
  {
    given: "event 'device-removed' for domain 'vm': hostdev0",
    want: { kind: 'device-removed', domainName: 'vm', alias: 'hostdev0' },
  },
  { given: "event 'balloon-change' for domain 'vm': 1024KiB", want: null },
  { given: '\tnode=x', want: null },
];

for (const { given, want } of events) {
  test(`parseEventLine() reads "${given.trim()}"`, () => {
    assert.deepEqual(parseEventLine(given), want);
  });
}

test('lifecycleOf() knows every event and detail by its number, and says so of those it does not know', () => {
  for (const [event, [name, details]] of Object.entries(lifecycleDetails).entries()) {
    for (const [detail, word] of details.entries())
      assert.deepEqual(lifecycleOf(event, detail), { event: name, detail: word });
    assert.deepEqual(lifecycleOf(event, 99), { event: name, detail: 'unknown' });
  }
  assert.equal(lifecycleOf(99, 0), null);
});
