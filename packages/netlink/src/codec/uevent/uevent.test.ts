import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCaptured, readMeaning } from '../captured.ts';
import { NetlinkDecodeError } from '../wire/index.ts';
import { decodeUevent } from './uevent.ts';

test('decodeUevent() reads events captured from Linux 6.18', () => {
  const events = readCaptured('uevent/fixtures/uevents').map((datagram) => {
    const { sequence, properties, ...rest } = decodeUevent(datagram);
    return { ...rest, sequence: `${sequence}n`, properties: { ...properties } };
  });
  assert.deepEqual(events, readMeaning('uevent/fixtures/uevents'));
});

test('decodeUevent() keeps values with equals signs and names of prototypes', () => {
  const event = decodeUevent(Buffer.from('add@/devices/x\0MODALIAS=pci:v=1\0__proto__=2\0EMPTY=\0'));
  assert.equal(event.subsystem, null);
  assert.equal(event.sequence, null);
  assert.equal(event.properties['toString'], undefined);
  assert.deepEqual(Object.entries(event.properties), [
    ['MODALIAS', 'pci:v=1'],
    ['__proto__', '2'],
    ['EMPTY', ''],
  ]);
});

test('decodeUevent() refuses what the kernel does not send', () => {
  const malformed = [
    '',
    'libudev\0\xfe\xed\xca\xfe',
    '@/devices/x\0',
    'add@x\0',
    'add@/x\0PAIR\0',
    'add@/x\0A=1',
    'add@/x\0=1\0',
  ];
  for (const text of malformed) {
    assert.throws(() => decodeUevent(Buffer.from(text, 'latin1')), NetlinkDecodeError, text);
  }
});
