import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { BROADCAST_MAC, deliver, type Endpoint } from './index.ts';
import { sampleNetwork } from './sample-networks.ts';
import { mac, sampleFrame, samplePort, sampleVf } from './sample-ports.ts';

const pf: Endpoint = { kind: 'pf' };

test('deliver() carries broadcast to every port of the wire and to no other', () => {
  const joined = sampleNetwork({
    enp1: samplePort([sampleVf(0)]),
    enp2: samplePort([sampleVf(2)]),
    enp3: samplePort([]),
  });
  const apart = { name: 'enp9', port: samplePort([sampleVf(3)]), wireName: null };
  const arrivals = deliver(
    { ...joined, ports: [...joined.ports, apart] },
    'enp1',
    { kind: 'vf', vfIndex: 0 },
    sampleFrame(mac('00'), BROADCAST_MAC),
  );
  assert.deepEqual(
    arrivals.map(({ portName, at }) => [portName, at]),
    [
      ['enp1', pf],
      ['enp2', { kind: 'vf', vfIndex: 2 }],
      ['enp2', pf],
      ['enp3', pf],
    ],
  );
});

test('deliver() refuses a port that the network does not have', () => {
  assert.throws(
    () => deliver(sampleNetwork({ enp1: samplePort([]) }), 'enp7', pf, sampleFrame(mac('f0'), mac('00'))),
    (error) =>
      isSriovError(error, 'PF_UNKNOWN') &&
      error.message === 'Cannot send from port "enp7": the network has enp1',
  );
});
