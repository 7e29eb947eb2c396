import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSriovError, type MacAddress, parseHostId, parseMacAddress, parseVlan } from '@virtfn/model';
import { INTEL_82576, INTEL_E810, INTEL_X710 } from '../cards/index.ts';
import { fishMachine } from '../fleet/index.ts';
import {
  addFdbEntry,
  removeFdbEntry,
  setEswitchMode,
  setPfPromiscuous,
  setPfUp,
  setVfDriver,
  setVfSetting,
  writeSriovNumvfs,
} from '../kernel/index.ts';
import { machineWith, portOf } from '../kernel/sample-machine.ts';
import { type SimulatedMachine, type SimulatedPf, VirtualClock } from '../machine/index.ts';
import { BROADCAST_MAC, canPing, deliver } from '../veb/index.ts';
import { joinByWire, pingBetween, vebPortOf, type VfPlace, wiredNetwork } from './index.ts';

const GUEST_MAC = parseMacAddress('52:54:00:aa:00:01');
const BRIDGE_MAC = parseMacAddress('52:54:00:bb:00:01');

interface Host {
  readonly machine: SimulatedMachine;
  readonly pf: SimulatedPf;
}

/** A fish with seven VFs on eth2, all with their driver. */
function fish(name: string): Host {
  const machine = fishMachine(new VirtualClock(), parseHostId(name));
  const pf = portOf(machine, 2);
  writeSriovNumvfs(machine, pf, 7);
  machine.clock.advance(5000);
  return { machine, pf };
}

const vfOf = (host: Host, vfIndex: number): VfPlace => ({ ...host, vfIndex });

function setVlan({ machine, pf }: Host, vfIndex: number, id: number): void {
  const vlan = parseVlan(id);
  setVfSetting(machine, pf, machine.vf(pf, vfIndex), { attribute: 'vlan', value: vlan });
}

/** `fish-1` and `fish-2` on one wire, and how VFs of both ping. */
function twoFish() {
  const one = fish('fish-1');
  const two = fish('fish-2');
  const wiring = joinByWire([one, two]);
  return { one, two, wiring, ping: (a: VfPlace, b: VfPlace) => pingBetween(wiring, a, b) };
}

const lab: readonly {
  readonly name: string;
  readonly given: { readonly vlans: readonly { host: 'one' | 'two'; vfIndex: number; id: number }[] };
  readonly want: { readonly samePf: boolean; readonly otherHost: boolean };
}[] = [
  { name: 'no VLAN', given: { vlans: [] }, want: { samePf: true, otherHost: true } },
  {
    name: 'both VFs of one PF in VLAN 100, the third untagged',
    given: {
      vlans: [
        { host: 'one', vfIndex: 0, id: 100 },
        { host: 'one', vfIndex: 1, id: 100 },
      ],
    },
    want: { samePf: true, otherHost: false },
  },
  {
    name: 'all three in VLAN 100',
    given: {
      vlans: [
        { host: 'one', vfIndex: 0, id: 100 },
        { host: 'one', vfIndex: 1, id: 100 },
        { host: 'two', vfIndex: 2, id: 100 },
      ],
    },
    want: { samePf: true, otherHost: true },
  },
  {
    name: 'VLAN 100 against VLAN 101',
    given: {
      vlans: [
        { host: 'one', vfIndex: 0, id: 100 },
        { host: 'two', vfIndex: 2, id: 101 },
      ],
    },
    want: { samePf: false, otherHost: false },
  },
];

for (const { name, given, want } of lab) {
  test(`pingBetween() answers as the lab did: ${name}`, () => {
    const { one, two, ping } = twoFish();
    for (const { host, vfIndex, id } of given.vlans) setVlan(host === 'one' ? one : two, vfIndex, id);
    const seen = {
      samePf: ping(vfOf(one, 0), vfOf(one, 1)),
      otherHost: ping(vfOf(one, 0), vfOf(two, 2)),
    };
    assert.deepEqual(seen, want);
  });
}

test('pingBetween() answers as the lab did: an admin MAC under a loaded igbvf is refused until it is loaded again', () => {
  const { one, two, ping } = twoFish();
  const { machine, pf } = one;
  const vf = machine.vf(pf, 0);
  setVfSetting(machine, pf, vf, { attribute: 'adminMac', value: GUEST_MAC });
  assert.equal(ping(vfOf(one, 0), vfOf(two, 2)), false);
  setVfDriver(machine, pf, vf, 'none');
  setVfDriver(machine, pf, vf, 'kernel');
  assert.equal(ping(vfOf(one, 0), vfOf(two, 2)), true);
});

test('pingBetween(): a virtual machine on vfio-pci answers from its admin MAC', () => {
  const { one, two, ping } = twoFish();
  const { machine, pf } = one;
  setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'adminMac', value: GUEST_MAC });
  setVfDriver(machine, pf, machine.vf(pf, 0), 'vfio-pci');
  machine.addVfUser(pf, 0, { kind: 'vfio', process: 'qemu-system-x86', vm: 'vm1' });
  assert.equal(ping(vfOf(one, 0), vfOf(two, 2)), true);
  assert.equal(vebPortOf(machine, pf).vfs[0]?.effectiveMac, GUEST_MAC);
});

test('pingBetween(): a VF without a driver passes nothing', () => {
  const { one, two, ping } = twoFish();
  setVfDriver(one.machine, one.pf, one.machine.vf(one.pf, 0), 'none');
  assert.equal(ping(vfOf(one, 0), vfOf(two, 2)), false);
  assert.equal(ping(vfOf(two, 2), vfOf(one, 0)), false);
  assert.equal(ping(vfOf(one, 1), vfOf(two, 2)), true, 'its neighbour is not disturbed');
});

test('pingBetween(): a VF whose link is disabled passes nothing, in either direction', () => {
  const { machine, pf } = machineWith(INTEL_X710);
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  const wiring = joinByWire([{ machine, pf }]);
  const ping = (a: number, b: number) =>
    pingBetween(wiring, { machine, pf, vfIndex: a }, { machine, pf, vfIndex: b });
  assert.equal(ping(0, 1), true);
  setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'linkState', value: 'disable' });
  assert.deepEqual([ping(0, 1), ping(1, 0)], [false, false]);
  for (const dstMac of [BROADCAST_MAC, machine.vf(pf, 1).effectiveMac ?? '']) {
    const frame = { srcMac: machine.vf(pf, 0).effectiveMac ?? GUEST_MAC, dstMac, vlan: null };
    assert.deepEqual(deliver(wiredNetwork(wiring), 'host/ens1f0', { kind: 'vf', vfIndex: 0 }, frame), []);
  }
});

test('pingBetween(): a VF that is being reset is away, and back after it', () => {
  const { machine, pf } = machineWith(INTEL_X710);
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  const wiring = joinByWire([{ machine, pf }]);
  const ping = () => pingBetween(wiring, { machine, pf, vfIndex: 0 }, { machine, pf, vfIndex: 1 });
  setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'adminMac', value: GUEST_MAC });
  assert.equal(ping(), false);
  machine.clock.advance(1000);
  assert.equal(ping(), true);
});

test('pingBetween(): no cable keeps the hosts apart, a PF that is down its own VFs too', () => {
  const { one, two, ping } = twoFish();
  two.machine.setCable(two.pf, false);
  assert.equal(ping(vfOf(one, 0), vfOf(two, 2)), false);
  assert.equal(ping(vfOf(one, 0), vfOf(one, 1)), true);
  setPfUp(one.machine, one.pf, false);
  assert.equal(ping(vfOf(one, 0), vfOf(one, 1)), false);
});

test('pingBetween(): while an 82576 resets itself for its VFs, nothing passes', () => {
  const { one, two, ping } = twoFish();
  writeSriovNumvfs(one.machine, one.pf, 0);
  writeSriovNumvfs(one.machine, one.pf, 2);
  assert.equal(ping(vfOf(one, 0), vfOf(two, 2)), false);
  one.machine.clock.advance(5000);
  assert.equal(ping(vfOf(one, 0), vfOf(two, 2)), true);
});

test('a spoofed frame arrives nowhere while the spoof check is on, and everywhere when it is off', () => {
  const { one, two, wiring } = twoFish();
  const stolen = two.machine.vf(two.pf, 2).effectiveMac as MacAddress;
  const send = () =>
    deliver(
      wiredNetwork(wiring),
      'fish-1/eth2',
      { kind: 'vf', vfIndex: 0 },
      { srcMac: stolen, dstMac: BROADCAST_MAC, vlan: null },
    ).length;
  assert.equal(send(), 0);
  const { machine, pf } = one;
  setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'spoofCheck', value: false });
  // Six other VFs and the PF here, seven VFs and the PF there.
  assert.equal(send(), 15);
});

test('pain 8: a VF reaches a bridge over its own PF only with an FDB entry, which a reboot takes away', () => {
  const { one, two, wiring } = twoFish();
  setPfPromiscuous(one.machine, one.pf, true);
  const bridge = { portName: 'fish-1/eth2', at: { kind: 'pf' }, mac: BRIDGE_MAC, vlan: null } as const;
  const pingsBridge = (host: Host, vfIndex: number): boolean => {
    const network = wiredNetwork(wiring);
    const mac = host.machine.vf(host.pf, vfIndex).effectiveMac as MacAddress;
    const from = {
      portName: `${host.machine.hostId}/eth2`,
      at: { kind: 'vf', vfIndex },
      mac,
      vlan: null,
    } as const;
    return canPing(network, from, bridge);
  };
  assert.equal(pingsBridge(two, 0), true, 'the other host comes over the wire, where promiscuous helps');
  assert.equal(pingsBridge(one, 0), false);
  addFdbEntry(one.machine, one.pf, BRIDGE_MAC);
  assert.equal(pingsBridge(one, 0), true);
  removeFdbEntry(one.machine, one.pf, BRIDGE_MAC);
  assert.equal(pingsBridge(one, 0), false);
  addFdbEntry(one.machine, one.pf, BRIDGE_MAC);
  one.machine.reboot();
  assert.deepEqual(vebPortOf(one.machine, one.pf).pf.fdbMacs, []);
});

test('joinByWire() by a switch that carries VLAN 100 only', () => {
  const one = fish('fish-1');
  const two = fish('fish-2');
  const carries = { kind: 'vlans', vlanIds: [100], untagged: false } as const;
  const ping = () => pingBetween(joinByWire([one, two], carries), vfOf(one, 0), vfOf(two, 2));
  assert.equal(ping(), false);
  setVlan(one, 0, 100);
  setVlan(two, 2, 100);
  assert.equal(ping(), true);
});

test('pingBetween() refuses a port that is not on the wire', () => {
  const one = fish('fish-1');
  const two = fish('fish-2');
  assert.throws(
    () => pingBetween(joinByWire([one]), vfOf(two, 0), vfOf(one, 0)),
    (error) => isSriovError(error, 'PF_UNKNOWN'),
  );
});

test('vebPortOf() refuses a port in switchdev mode', () => {
  const { machine, pf } = machineWith(INTEL_E810);
  setEswitchMode(machine, pf, 'switchdev');
  assert.throws(
    () => vebPortOf(machine, pf),
    (error) => isSriovError(error, 'ESWITCH_MODE_UNSUPPORTED'),
  );
});

test('vebPortOf() shows no VFs after a reboot', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 2);
  machine.reboot();
  assert.deepEqual(vebPortOf(machine, pf).vfs, []);
});
