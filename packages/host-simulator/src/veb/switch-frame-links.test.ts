import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROADCAST_MAC } from './index.ts';
import { mac, sampleFrame, samplePort, sampleVf } from './sample-ports.ts';
import { elsewhere, outcomeOf, pf, type SwitchCase, vf0, wire } from './switch-cases.ts';

const linkless = { carrier: false };

const cases: readonly SwitchCase[] = [
  {
    name: 'a VF with its link disabled does not send',
    given: {
      port: samplePort([sampleVf(0, { linkState: 'disable' }), sampleVf(1)]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), BROADCAST_MAC),
    },
    want: 'dropped: link-down',
  },
  {
    name: 'a VF with its link disabled does not receive, nor does its frame leave on the wire',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1, { linkState: 'disable' })]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('01')),
    },
    want: 'dropped: receiver-closed',
  },
  {
    name: 'a VF without a driver keeps frames for its admin MAC from the wire',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1, { effectiveMac: null, adminMac: mac('a1') })]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('a1')),
    },
    want: 'dropped: receiver-closed',
  },
  {
    name: 'a VF without driver and MAC is not there',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1, { effectiveMac: null })]),
      ingress: wire,
      frame: sampleFrame(elsewhere, BROADCAST_MAC),
    },
    want: 'vf 0, pf',
  },
  {
    name: 'link state auto follows the carrier of the PF',
    given: {
      port: samplePort([sampleVf(0), sampleVf(1)], linkless),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('01')),
    },
    want: 'dropped: link-down',
  },
  {
    name: 'link state enable lets VFs talk without carrier',
    given: {
      port: samplePort(
        [sampleVf(0, { linkState: 'enable' }), sampleVf(1, { linkState: 'enable' })],
        linkless,
      ),
      ingress: vf0,
      frame: sampleFrame(mac('00'), BROADCAST_MAC),
    },
    want: 'vf 1',
  },
  {
    name: 'link state enable does not bring the wire back',
    given: {
      port: samplePort([sampleVf(0, { linkState: 'enable' })], linkless),
      ingress: vf0,
      frame: sampleFrame(mac('00'), elsewhere),
    },
    want: 'dropped: link-down',
  },
  {
    name: 'without carrier the PF does not send',
    given: {
      port: samplePort([sampleVf(0, { linkState: 'enable' })], linkless),
      ingress: pf,
      frame: sampleFrame(mac('f0'), mac('00')),
    },
    want: 'dropped: link-down',
  },
  {
    name: 'nothing comes from a wire without carrier',
    given: {
      port: samplePort([sampleVf(0, { linkState: 'enable' })], linkless),
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('00')),
    },
    want: 'dropped: link-down',
  },
  {
    name: 'with the PF down all VFs are closed',
    given: {
      port: samplePort([sampleVf(0, { linkState: 'enable' }), sampleVf(1, { linkState: 'enable' })], {
        adminUp: false,
      }),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('01')),
    },
    want: 'dropped: link-down',
  },
];

for (const { name, given, want } of cases) {
  test(`switchFrame(): ${name}`, () => {
    assert.equal(outcomeOf(given), want);
  });
}
