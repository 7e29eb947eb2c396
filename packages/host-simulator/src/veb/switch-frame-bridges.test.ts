import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROADCAST_MAC } from './index.ts';
import { mac, sampleFrame, samplePort, sampleVf } from './sample-ports.ts';
import { elsewhere, outcomeOf, pf, type SwitchCase, vf0, wire } from './switch-cases.ts';

const bridged = mac('b0');
const bridge = samplePort([sampleVf(0)], {}, { promiscuous: true });
const bridgeWithFdb = samplePort([sampleVf(0)], {}, { promiscuous: true, fdbMacs: [bridged] });

const cases: readonly SwitchCase[] = [
  {
    name: 'pain 8: a VF does not reach a MAC on a bridge over its own PF, though the PF is promiscuous',
    given: { port: bridge, ingress: vf0, frame: sampleFrame(mac('00'), bridged) },
    want: 'wire',
  },
  {
    name: 'pain 8: with an FDB entry on the PF it does',
    given: { port: bridgeWithFdb, ingress: vf0, frame: sampleFrame(mac('00'), bridged) },
    want: 'pf',
  },
  {
    name: 'pain 8: the other direction needs no FDB entry',
    given: { port: bridge, ingress: pf, frame: sampleFrame(bridged, mac('00')) },
    want: 'vf 0',
  },
  {
    name: 'pain 8: nor does broadcast',
    given: { port: bridge, ingress: vf0, frame: sampleFrame(mac('00'), BROADCAST_MAC) },
    want: 'pf, wire',
  },
  {
    name: 'pain 8: nor do frames from the wire',
    given: { port: bridge, ingress: wire, frame: sampleFrame(elsewhere, bridged) },
    want: 'pf',
  },
  {
    name: 'from the wire a MAC behind a PF that is not promiscuous needs the entry',
    given: {
      port: samplePort([sampleVf(0)]),
      ingress: wire,
      frame: sampleFrame(elsewhere, bridged),
    },
    want: 'dropped: no-listener',
  },
  {
    name: 'an entry left behind keeps frames for a MAC that has moved to another host',
    given: {
      port: samplePort([sampleVf(0)], {}, { fdbMacs: [elsewhere] }),
      ingress: vf0,
      frame: sampleFrame(mac('00'), elsewhere),
    },
    want: 'pf',
  },
  {
    name: 'a promiscuous PF does not hear what is for a VF',
    given: { port: bridge, ingress: wire, frame: sampleFrame(elsewhere, mac('00')) },
    want: 'vf 0',
  },
  {
    name: 'a trusted promiscuous VF hears unknown addresses from the wire',
    given: {
      port: samplePort([sampleVf(0, { promiscuous: true, trust: true })]),
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('dd')),
    },
    want: 'vf 0',
  },
  {
    name: 'an untrusted one does not',
    given: {
      port: samplePort([sampleVf(0, { promiscuous: true })]),
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('dd')),
    },
    want: 'dropped: no-listener',
  },
  {
    name: 'a trusted promiscuous VF does not hear what another VF sends to an unknown address',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1, { promiscuous: true, trust: true })]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), elsewhere),
    },
    want: 'wire',
  },
];

for (const { name, given, want } of cases) {
  test(`switchFrame(): ${name}`, () => {
    assert.equal(outcomeOf(given), want);
  });
}
