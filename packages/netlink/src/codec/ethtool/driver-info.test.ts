import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCaptured, readMeaning } from '../captured.ts';
import { NetlinkDecodeError } from '../wire/index.ts';
import { decodeDriverInfo, encodeGetDriverInfo } from './index.ts';

test('decodeDriverInfo() reads what three drivers of Linux 6.12 say', () => {
  const infos = readCaptured('ethtool/fixtures/driver-info').map(decodeDriverInfo);
  assert.deepEqual(infos, readMeaning('ethtool/fixtures/driver-info'));
});

test('decodeDriverInfo() takes an answer that was not filled in, and "N/A", for nothing', () => {
  const question = encodeGetDriverInfo();
  assert.equal(question.toString('hex'), `03000000${'00'.repeat(192)}`);
  question.write('N/A', 68);
  assert.deepEqual(decodeDriverInfo(question), {
    driver: null,
    version: null,
    firmwareVersion: null,
    busInfo: null,
  });
});

test('decodeDriverInfo() reads a field that is full to its last byte', () => {
  const answer = encodeGetDriverInfo();
  answer.write('x'.repeat(32), 68);
  assert.equal(decodeDriverInfo(answer).firmwareVersion, 'x'.repeat(32));
});

test('decodeDriverInfo() refuses another command and a short answer', () => {
  assert.throws(() => decodeDriverInfo(Buffer.alloc(196)), NetlinkDecodeError);
  assert.throws(() => decodeDriverInfo(encodeGetDriverInfo().subarray(0, 100)), NetlinkDecodeError);
});
