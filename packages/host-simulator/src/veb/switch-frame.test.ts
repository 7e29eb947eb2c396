import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { BROADCAST_MAC, switchFrame } from './index.ts';
import { mac, sampleFrame, samplePort, sampleVf } from './sample-ports.ts';
import { elsewhere, outcomeOf, pf, type SwitchCase, vf0, wire } from './switch-cases.ts';

const multicast = '33:33:00:00:00:01';
const twoVfs = samplePort([sampleVf(0), sampleVf(1)]);

const cases: readonly SwitchCase[] = [
  {
    name: 'a frame for a VF of the same PF stays inside the card',
    given: { port: twoVfs, ingress: vf0, frame: sampleFrame(mac('00'), mac('01')) },
    want: 'vf 1',
  },
  {
    name: 'a frame from the wire goes to the VF with the MAC',
    given: { port: twoVfs, ingress: wire, frame: sampleFrame(elsewhere, mac('01')) },
    want: 'vf 1',
  },
  {
    name: 'a frame from the wire goes to the PF with the MAC',
    given: { port: twoVfs, ingress: wire, frame: sampleFrame(elsewhere, mac('f0')) },
    want: 'pf',
  },
  {
    name: 'two VFs with one MAC both get the frame',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1), sampleVf(2, { effectiveMac: mac('01') })]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('01')),
    },
    want: 'vf 1, vf 2',
  },
  {
    name: 'an unknown address from a VF goes to the wire only',
    given: { port: twoVfs, ingress: vf0, frame: sampleFrame(mac('00'), elsewhere) },
    want: 'wire',
  },
  {
    name: 'an unknown address from the wire is for nobody',
    given: { port: twoVfs, ingress: wire, frame: sampleFrame(elsewhere, mac('dd')) },
    want: 'dropped: no-listener',
  },
  {
    name: 'a frame to the own address goes nowhere',
    given: { port: twoVfs, ingress: vf0, frame: sampleFrame(mac('00'), mac('00')) },
    want: 'dropped: no-listener',
  },
  {
    name: 'broadcast from a VF goes to all others and to the wire',
    given: { port: twoVfs, ingress: vf0, frame: sampleFrame(mac('00'), BROADCAST_MAC) },
    want: 'vf 1, pf, wire',
  },
  {
    name: 'multicast from the PF goes to all VFs and to the wire',
    given: { port: twoVfs, ingress: pf, frame: sampleFrame(mac('f0'), multicast) },
    want: 'vf 0, vf 1, wire',
  },
  {
    name: 'broadcast from the wire does not go back to it',
    given: { port: twoVfs, ingress: wire, frame: sampleFrame(elsewhere, BROADCAST_MAC) },
    want: 'vf 0, vf 1, pf',
  },
  {
    name: 'in VEPA mode everything leaves the card',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1)], { bridgeMode: 'vepa' }),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('01')),
    },
    want: 'wire',
  },
  {
    name: 'in VEPA mode broadcast comes only from the wire',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1)], { bridgeMode: 'vepa' }),
      ingress: vf0,
      frame: sampleFrame(mac('00'), BROADCAST_MAC),
    },
    want: 'wire',
  },
  {
    name: 'in VEPA mode frames from the wire find their VF',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1)], { bridgeMode: 'vepa' }),
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('01')),
    },
    want: 'vf 1',
  },
];

for (const { name, given, want } of cases) {
  test(`switchFrame(): ${name}`, () => {
    assert.equal(outcomeOf(given), want);
  });
}

test('switchFrame() refuses a sender that the port does not have', () => {
  assert.throws(
    () => switchFrame(twoVfs, { kind: 'vf', vfIndex: 7 }, sampleFrame(mac('00'), mac('01'))),
    (error) =>
      isSriovError(error, 'VF_INDEX_INVALID') &&
      error.message === 'Cannot send from VF 7: the port has VFs 0, 1',
  );
});
