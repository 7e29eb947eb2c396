import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROADCAST_MAC } from './index.ts';
import { mac, sampleFrame, samplePort, sampleVf } from './sample-ports.ts';
import { elsewhere, outcomeOf, pf, type SwitchCase, vf0, vf1, wire } from './switch-cases.ts';

const twoVfs = samplePort([sampleVf(0), sampleVf(1)]);
const renamed = { adminMac: mac('a0') };

const cases: readonly SwitchCase[] = [
  {
    name: 'spoof check stops a foreign source',
    given: { port: twoVfs, ingress: vf0, frame: sampleFrame(mac('01'), BROADCAST_MAC) },
    want: 'dropped: spoofed-mac',
  },
  {
    name: 'without spoof check a foreign source passes',
    given: {
      port: samplePort([sampleVf(0, { spoofCheck: false }), sampleVf(1)]),
      ingress: vf0,
      frame: sampleFrame(elsewhere, mac('01')),
    },
    want: 'vf 1',
  },
  {
    name: 'the PF may send from any address',
    given: { port: twoVfs, ingress: pf, frame: sampleFrame(elsewhere, mac('01')) },
    want: 'vf 1',
  },
  {
    name: 'after an admin MAC the old MAC is refused until the VF driver is loaded again',
    given: {
      port: samplePort([sampleVf(0, renamed), sampleVf(1)]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('01')),
    },
    want: 'dropped: spoofed-mac',
  },
  {
    name: 'after an admin MAC frames to the old MAC go to the wire',
    given: {
      port: samplePort([sampleVf(0, renamed), sampleVf(1)]),
      ingress: vf1,
      frame: sampleFrame(mac('01'), mac('00')),
    },
    want: 'wire',
  },
  {
    name: 'an untrusted VF with an admin MAC has no further addresses',
    given: {
      port: samplePort([sampleVf(0, { ...renamed, extraMacs: [mac('a1')] })]),
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('a1')),
    },
    want: 'dropped: no-listener',
  },
  {
    name: 'a trusted one has',
    given: {
      port: samplePort([sampleVf(0, { ...renamed, extraMacs: [mac('a1')], trust: true })]),
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('a1')),
    },
    want: 'vf 0',
  },
  {
    name: 'a trusted VF sends from its further addresses in spite of the spoof check',
    given: {
      port: samplePort([sampleVf(0, { ...renamed, extraMacs: [mac('a1')], trust: true }), sampleVf(1)]),
      ingress: vf0,
      frame: sampleFrame(mac('a1'), mac('01')),
    },
    want: 'vf 1',
  },
];

for (const { name, given, want } of cases) {
  test(`switchFrame(): ${name}`, () => {
    assert.equal(outcomeOf(given), want);
  });
}
