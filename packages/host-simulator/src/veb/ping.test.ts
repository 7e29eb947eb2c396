import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canPing, type Endpoint, type Network, type Station } from './index.ts';
import { onlyVlan100, sampleNetwork } from './sample-networks.ts';
import { mac, samplePort, sampleVf, vlan } from './sample-ports.ts';

const vf = (portName: string, vfIndex: number, differences: Partial<Station> = {}): Station => ({
  portName,
  at: { kind: 'vf', vfIndex },
  mac: mac(`0${vfIndex}`),
  vlan: null,
  ...differences,
});
const pf: Endpoint = { kind: 'pf' };
const inBridge: Station = { portName: 'enp1', at: pf, mac: mac('b0'), vlan: null };

const tagged = { vlan: vlan(100) };
const bridged = { promiscuous: true };

const pings: readonly {
  readonly name: string;
  readonly given: { readonly network: Network; readonly a: Station; readonly b: Station };
  readonly want: boolean;
}[] = [
  {
    name: 'lab: two VFs of one PF, no VLAN',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0), sampleVf(1)]) }),
      a: vf('enp1', 0),
      b: vf('enp1', 1),
    },
    want: true,
  },
  {
    name: 'lab: VFs of two PFs on one wire',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0)]), enp2: samplePort([sampleVf(2)]) }),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: true,
  },
  {
    name: 'lab: both VFs of one PF in VLAN 100, third VF of the other PF untagged: same PF',
    given: {
      network: sampleNetwork({
        enp1: samplePort([sampleVf(0, tagged), sampleVf(1, tagged)]),
        enp2: samplePort([sampleVf(2)]),
      }),
      a: vf('enp1', 0),
      b: vf('enp1', 1),
    },
    want: true,
  },
  {
    name: 'lab: both VFs of one PF in VLAN 100, third VF of the other PF untagged: other PF',
    given: {
      network: sampleNetwork({
        enp1: samplePort([sampleVf(0, tagged), sampleVf(1, tagged)]),
        enp2: samplePort([sampleVf(2)]),
      }),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: false,
  },
  {
    name: 'lab: third VF also in VLAN 100',
    given: {
      network: sampleNetwork({
        enp1: samplePort([sampleVf(0, tagged), sampleVf(1, tagged)]),
        enp2: samplePort([sampleVf(2, tagged)]),
      }),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: true,
  },
  {
    name: 'lab: VLAN 100 against VLAN 101',
    given: {
      network: sampleNetwork({
        enp1: samplePort([sampleVf(0, tagged)]),
        enp2: samplePort([sampleVf(2, { vlan: vlan(101) })]),
      }),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: false,
  },
  {
    name: 'lab: an admin MAC without a reload of the VF driver',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0, { adminMac: mac('a0') }), sampleVf(1)]) }),
      a: vf('enp1', 0),
      b: vf('enp1', 1),
    },
    want: false,
  },
  {
    name: 'pain 8: VF to a bridge over the same PF, no FDB entry',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0)], {}, bridged) }),
      a: vf('enp1', 0),
      b: inBridge,
    },
    want: false,
  },
  {
    name: 'pain 8: bridge to a VF of the same PF, no FDB entry: the reply is lost',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0)], {}, bridged) }),
      a: inBridge,
      b: vf('enp1', 0),
    },
    want: false,
  },
  {
    name: 'pain 8: VF to a bridge over the same PF, after `bridge fdb add MAC dev PF self`',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0)], {}, { ...bridged, fdbMacs: [mac('b0')] }) }),
      a: vf('enp1', 0),
      b: inBridge,
    },
    want: true,
  },
  {
    name: 'pain 8: VF of another PF to the bridge needs no FDB entry',
    given: {
      network: sampleNetwork({ enp1: samplePort([], {}, bridged), enp2: samplePort([sampleVf(2)]) }),
      a: vf('enp2', 2),
      b: inBridge,
    },
    want: true,
  },
  {
    name: 'a tagging guest in a trunk VF and a VF with the port VLAN',
    given: {
      network: sampleNetwork({
        enp1: samplePort([sampleVf(0, { guestVlanIds: [100] })]),
        enp2: samplePort([sampleVf(2, { vlan: { ...vlan(100), qos: 5 } })]),
      }),
      a: vf('enp1', 0, { vlan: vlan(100) }),
      b: vf('enp2', 2),
    },
    want: true,
  },
  {
    name: 'a tagging guest in a trunk VF and a station without the tag on a PF that hears all VLANs',
    given: {
      network: sampleNetwork({
        enp1: samplePort([sampleVf(0, { guestVlanIds: [100] })], {}, { ...bridged, fdbMacs: [mac('b0')] }),
      }),
      a: vf('enp1', 0, { vlan: vlan(100) }),
      b: inBridge,
    },
    want: false,
  },
  {
    name: 'a trunk VF that does not tag',
    given: {
      network: sampleNetwork({
        enp1: samplePort([sampleVf(0, { guestVlanIds: [100] })]),
        enp2: samplePort([sampleVf(2, tagged)]),
      }),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: false,
  },
  {
    name: 'a switch that carries the VLAN',
    given: {
      network: sampleNetwork(
        { enp1: samplePort([sampleVf(0, tagged)]), enp2: samplePort([sampleVf(2, tagged)]) },
        onlyVlan100,
      ),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: true,
  },
  {
    name: 'a switch that does not carry untagged frames',
    given: {
      network: sampleNetwork(
        { enp1: samplePort([sampleVf(0)]), enp2: samplePort([sampleVf(2)]) },
        onlyVlan100,
      ),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: false,
  },
  {
    name: 'two PFs without a wire',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0)]), enp2: samplePort([sampleVf(2)]) }, null),
      a: vf('enp1', 0),
      b: vf('enp2', 2),
    },
    want: false,
  },
  {
    name: 'two VFs of one PF in VEPA mode, on a wire without reflective relay',
    given: {
      network: sampleNetwork({ enp1: samplePort([sampleVf(0), sampleVf(1)], { bridgeMode: 'vepa' }) }),
      a: vf('enp1', 0),
      b: vf('enp1', 1),
    },
    want: false,
  },
];

for (const { name, given, want } of pings) {
  test(`canPing() ${want ? 'is answered' : 'is not answered'}: ${name}`, () => {
    assert.equal(canPing(given.network, given.a, given.b), want);
  });
}
