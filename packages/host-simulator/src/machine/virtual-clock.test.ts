import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from './index.ts';

test('VirtualClock runs what falls due in order of time, and in the order given at one moment', () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  clock.after(20, () => ran.push(`late at ${clock.now()}`));
  clock.after(10, () => ran.push(`first at ${clock.now()}`));
  clock.after(10, () => ran.push(`second at ${clock.now()}`));
  clock.advance(9);
  assert.deepEqual(ran, []);
  clock.advance(100);
  assert.deepEqual(ran, ['first at 10', 'second at 10', 'late at 20']);
  assert.equal(clock.now(), 109);
});

test('VirtualClock runs in the same advance what an action put off until then', () => {
  const clock = new VirtualClock();
  const ran: number[] = [];
  clock.after(10, () => clock.after(10, () => ran.push(clock.now())));
  clock.advance(30);
  assert.deepEqual(ran, [20]);
});

test('VirtualClock lets those go on whom it woke before the sleeper', async () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  const other = new Promise<void>((resolve) => clock.after(5, resolve)).then(() => ran.push('woken'));
  await clock.sleep(10);
  ran.push('sleeper');
  await other;
  assert.deepEqual(ran, ['woken', 'sleeper']);
});
