// devlink as Linux 6.12 speaks it, captured from netdevsim in the lab.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCaptured, readCapturedMessages, readMeaning } from '../captured.ts';
import { decodeAcknowledgement, splitMessages } from '../wire/index.ts';
import { decodeDevlinkInfo, decodeDevlinkPort, decodeDevlinkRate } from './index.ts';

const handle = { busName: 'netdevsim', devName: 'netdevsim10' };

test('decodeDevlinkPort() reads the ports and the representors of two VFs', () => {
  const ports = readCapturedMessages('genetlink/fixtures/devlink-ports').map(decodeDevlinkPort);
  assert.deepEqual(ports, readMeaning('genetlink/fixtures/devlink-ports'));
});

test('decodeDevlinkRate() reads one rate, and a dump of two', () => {
  const limited = {
    ...handle,
    object: { kind: 'leaf', portIndex: 129 },
    txShare: 12_500_000n,
    txMax: 100_000_000n,
    parent: null,
  };
  const free = { ...limited, object: { kind: 'leaf', portIndex: 128 }, txShare: 0n, txMax: 0n };
  const rates = readCapturedMessages('genetlink/fixtures/devlink-rates').map(decodeDevlinkRate);
  assert.deepEqual(rates, [limited, free, limited]);
});

test('decodeAcknowledgement() reads why a rate was refused', () => {
  const [message] = readCaptured('genetlink/fixtures/refused-rate').flatMap((each) => splitMessages(each));
  assert.ok(message !== undefined);
  const { errno, message: sentence } = decodeAcknowledgement(message);
  assert.equal(errno, 22);
  assert.equal(sentence, 'netdevsim: TX rate value not in link speed units of 1Mbps.');
});

test('decodeDevlinkInfo() reads versions, running and stored', () => {
  const [info] = readCapturedMessages('genetlink/fixtures/devlink-info').map(decodeDevlinkInfo);
  assert.deepEqual(info, {
    ...handle,
    driver: 'netdevsim',
    serialNumber: null,
    boardSerialNumber: null,
    fixedVersions: new Map(),
    runningVersions: new Map([['fw.mgmt', '10.20.30']]),
    storedVersions: new Map([['fw.mgmt', '10.20.30']]),
  });
});
