import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVlan } from '@virtfn/model';
import { BROADCAST_MAC, switchFrame } from './index.ts';
import { mac, sampleFrame, samplePort, sampleVf, vlan } from './sample-ports.ts';
import { elsewhere, outcomeOf, type SwitchCase, vf0, wire } from './switch-cases.ts';

const inVlan100 = samplePort([
  sampleVf(0, { vlan: vlan(100) }),
  sampleVf(1, { vlan: vlan(100) }),
  sampleVf(2, { vlan: vlan(200) }),
  sampleVf(3),
  sampleVf(4, { guestVlanIds: [100, 300] }),
]);

const cases: readonly SwitchCase[] = [
  {
    name: 'a port VLAN is put on towards the wire',
    given: { port: inVlan100, ingress: vf0, frame: sampleFrame(mac('00'), elsewhere) },
    want: 'wire vlan 100',
  },
  {
    name: 'a port VLAN is taken off for the receiver',
    given: { port: inVlan100, ingress: vf0, frame: sampleFrame(mac('00'), mac('01')) },
    want: 'vf 1',
  },
  {
    name: 'broadcast stays in its VLAN, and a trunk VF sees the tag',
    given: { port: inVlan100, ingress: vf0, frame: sampleFrame(mac('00'), BROADCAST_MAC) },
    want: 'vf 1, vf 4 vlan 100, wire vlan 100',
  },
  {
    name: 'untagged broadcast goes to those without a port VLAN',
    given: { port: inVlan100, ingress: wire, frame: sampleFrame(elsewhere, BROADCAST_MAC) },
    want: 'vf 3, vf 4, pf',
  },
  {
    name: 'a known address in another VLAN is lost',
    given: { port: inVlan100, ingress: vf0, frame: sampleFrame(mac('00'), mac('02')) },
    want: 'dropped: wrong-vlan',
  },
  {
    name: 'a known address in another VLAN is lost from the wire too',
    given: { port: inVlan100, ingress: wire, frame: sampleFrame(elsewhere, mac('02'), vlan(100)) },
    want: 'dropped: wrong-vlan',
  },
  {
    name: '802.1ad is not 802.1q',
    given: {
      port: inVlan100,
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('00'), parseVlan(100, 0, '802.1ad')),
    },
    want: 'dropped: wrong-vlan',
  },
  {
    name: 'a trunk VF sends in its VLANs',
    given: {
      port: inVlan100,
      ingress: { kind: 'vf', vfIndex: 4 },
      frame: sampleFrame(mac('04'), mac('01'), vlan(100)),
    },
    want: 'vf 1',
  },
  {
    name: 'a trunk VF does not send in others',
    given: {
      port: inVlan100,
      ingress: { kind: 'vf', vfIndex: 4 },
      frame: sampleFrame(mac('04'), mac('02'), vlan(200)),
    },
    want: 'dropped: spoofed-vlan',
  },
  {
    name: 'a VF with a port VLAN does not tag',
    given: { port: inVlan100, ingress: vf0, frame: sampleFrame(mac('00'), mac('02'), vlan(200)) },
    want: 'dropped: spoofed-vlan',
  },
  {
    name: 'without spoof check its tag is replaced, so it stays in its VLAN',
    given: {
      port: samplePort([
        sampleVf(0, { vlan: vlan(100), spoofCheck: false }),
        sampleVf(1, { vlan: vlan(200) }),
      ]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), BROADCAST_MAC, vlan(200)),
    },
    want: 'wire vlan 100',
  },
  {
    name: 'guest VLANs count for nothing beside a port VLAN',
    given: {
      port: samplePort([sampleVf(0, { vlan: vlan(100), guestVlanIds: [200] })]),
      ingress: wire,
      frame: sampleFrame(elsewhere, mac('00'), vlan(200)),
    },
    want: 'dropped: wrong-vlan',
  },
  {
    name: 'a PF with an interface in the VLAN hears it',
    given: {
      port: samplePort([sampleVf(0, { vlan: vlan(100) })], {}, { vlanIds: [100] }),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('f0')),
    },
    want: 'pf vlan 100',
  },
  {
    name: 'a PF without one does not',
    given: {
      port: samplePort([sampleVf(0, { vlan: vlan(100) })]),
      ingress: vf0,
      frame: sampleFrame(mac('00'), mac('f0')),
    },
    want: 'dropped: wrong-vlan',
  },
  {
    name: 'a promiscuous PF hears all VLANs',
    given: {
      port: samplePort([sampleVf(0, { vlan: vlan(100) })], {}, { promiscuous: true }),
      ingress: vf0,
      frame: sampleFrame(mac('00'), BROADCAST_MAC),
    },
    want: 'pf vlan 100, wire vlan 100',
  },
];

for (const { name, given, want } of cases) {
  test(`switchFrame(): ${name}`, () => {
    assert.equal(outcomeOf(given), want);
  });
}

test('switchFrame() puts priority and protocol of the port VLAN on the tag', () => {
  const portVlan = parseVlan(100, 5, '802.1ad');
  const port = samplePort([sampleVf(0, { vlan: portVlan })]);
  const frame = sampleFrame(mac('00'), elsewhere);
  assert.deepEqual(switchFrame(port, vf0, frame).to, [{ kind: 'wire', frame: { ...frame, vlan: portVlan } }]);
});
