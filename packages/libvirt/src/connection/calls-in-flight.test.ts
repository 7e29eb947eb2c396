import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LibvirtDecodeError, type Packet } from '../codec/index.ts';
import { CallsInFlight } from './calls-in-flight.ts';

const waiting = { program: 1, procedure: 2, answer: () => {}, fail: () => {} };
const reply = (serial: number): Packet => ({
  program: 1,
  version: 1,
  procedure: 2,
  type: 1,
  serial,
  status: 0,
  payload: new Uint8Array(),
});

test('CallsInFlight gives no serial a second time while an answer to it may come, also when all were given', () => {
  const calls = new CallsInFlight(0xffff_fffe);
  assert.equal(calls.begin(waiting), 0xffff_ffff);
  assert.equal(calls.begin(waiting), 1, '0 is of messages that nobody asked for');
  assert.equal(calls.abandon(1), true);
  const again = new CallsInFlight(0xffff_ffff);
  assert.equal(again.begin(waiting), 1);
  assert.equal(again.take(reply(1)), waiting);
  assert.throws(() => again.take(reply(1)), LibvirtDecodeError, 'answered twice');
});

test('CallsInFlight drops one late answer, and takes a second for nonsense', () => {
  const calls = new CallsInFlight();
  const serial = calls.begin(waiting);
  assert.equal(calls.abandon(serial), true);
  assert.equal(calls.abandon(serial), false);
  assert.equal(calls.take(reply(serial)), null);
  assert.throws(() => calls.take(reply(serial)), LibvirtDecodeError);
});
