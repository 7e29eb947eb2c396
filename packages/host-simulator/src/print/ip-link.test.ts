import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMacAddress, parseVlan, type VfSetting } from '@virtfn/model';
import { type Card, INTEL_82576, INTEL_E810, INTEL_X710 } from '../cards/index.ts';
import { unknownDriver } from '../drivers/index.ts';
import {
  setEswitchMode,
  setPfDriver,
  setPfPromiscuous,
  setPfUp,
  setVfSetting,
  writeSriovNumvfs,
} from '../kernel/index.ts';
import { machineWith } from '../kernel/sample-machine.ts';
import { printIpLink } from './index.ts';

const MAC = parseMacAddress('52:54:00:aa:00:01');

/** One line of VF 0 of the first port after these settings. */
function vfLine(card: Card, settings: readonly VfSetting[]): string {
  const { machine, pf } = machineWith(card);
  writeSriovNumvfs(machine, pf, 1);
  machine.clock.advance(5000);
  for (const setting of settings) {
    setVfSetting(machine, pf, machine.vf(pf, 0), setting);
    machine.clock.advance(1000);
  }
  const line = /^ {4}vf 0 .*$/m.exec(printIpLink(machine))?.[0] ?? 'no line';
  return line.replace(machine.vf(pf, 0).ownMac ?? 'none', 'OWN');
}

const lines: readonly {
  readonly name: string;
  readonly given: { readonly card: Card; readonly settings: readonly VfSetting[] };
  readonly want: string;
}[] = [
  {
    name: 'a fresh VF',
    given: { card: INTEL_82576, settings: [] },
    want: '    vf 0     link/ether OWN brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto, trust off',
  },
  {
    name: 'a port VLAN without priority',
    given: { card: INTEL_82576, settings: [{ attribute: 'vlan', value: parseVlan(100) }] },
    want: '    vf 0     link/ether OWN brd ff:ff:ff:ff:ff:ff, vlan 100, spoof checking on, link-state auto, trust off',
  },
  {
    name: 'everything set',
    given: {
      card: INTEL_E810,
      settings: [
        { attribute: 'adminMac', value: MAC },
        { attribute: 'vlan', value: parseVlan(100, 3, '802.1ad') },
        { attribute: 'rate', value: { minTxRateMbps: 50, maxTxRateMbps: 100 } },
        { attribute: 'spoofCheck', value: false },
        { attribute: 'linkState', value: 'disable' },
        { attribute: 'trust', value: true },
      ],
    },
    want:
      '    vf 0     link/ether 52:54:00:aa:00:01 brd ff:ff:ff:ff:ff:ff, vlan 100, qos 3, vlan protocol 802.1ad, ' +
      'tx rate 100 (Mbps), max_tx_rate 100Mbps, min_tx_rate 50Mbps, spoof checking off, link-state disable, trust on',
  },
];

for (const { name, given, want } of lines) {
  test(`printIpLink() prints ${name}`, () => assert.equal(vfLine(given.card, given.settings), want));
}

test('printIpLink() prints PFs with their VFs, then the interfaces of VFs', () => {
  const { machine, pf } = machineWith(INTEL_82576, { unpluggedPorts: [1] });
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  setPfPromiscuous(machine, pf, true);
  setVfSetting(machine, pf, machine.vf(pf, 1), { attribute: 'adminMac', value: MAC });
  const [first, second] = machine.pfs;
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(
    printIpLink(machine),
    `\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: ens1f0: <BROADCAST,MULTICAST,PROMISC,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether ${first.mac} brd ff:ff:ff:ff:ff:ff
    vf 0     link/ether ${machine.vf(pf, 0).ownMac} brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto, trust off
    vf 1     link/ether 52:54:00:aa:00:01 brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto, trust off
3: ens1f1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc mq state DOWN mode DEFAULT group default qlen 1000
    link/ether ${second.mac} brd ff:ff:ff:ff:ff:ff
4: ens1f0v0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/ether ${machine.vf(pf, 0).effectiveMac} brd ff:ff:ff:ff:ff:ff
5: ens1f0v1: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000
    link/ether ${machine.vf(pf, 1).effectiveMac} brd ff:ff:ff:ff:ff:ff
`,
  );
});

test('printIpLink() leaves out what the driver does not report, and VFs that are being reset (K9)', () => {
  const { machine, pf } = machineWith(INTEL_X710);
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'adminMac', value: MAC });
  assert.deepEqual(printIpLink(machine).match(/^ {4}vf \d/gm), ['    vf 1']);

  const quiet = machineWith(INTEL_X710);
  quiet.pf.driver = unknownDriver('quiet', ['spoofCheck', 'trust']);
  writeSriovNumvfs(quiet.machine, quiet.pf, 1);
  assert.match(printIpLink(quiet.machine), /vf 0 .* brd ff:ff:ff:ff:ff:ff, link-state auto$/m);
});

test('printIpLink() shows no PF without a driver, and none as up that is down', () => {
  const { machine, pf } = machineWith(INTEL_82576, { downPorts: [0] });
  assert.match(printIpLink(machine), /ens1f0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN/);
  setPfUp(machine, pf, true);
  assert.match(printIpLink(machine), /ens1f0: <BROADCAST,MULTICAST,UP,LOWER_UP>/);
  setPfDriver(machine, pf, null);
  assert.doesNotMatch(printIpLink(machine), /ens1f0/);
});

test('printIpLink() shows no VF that is in a network namespace', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  machine.addVfUser(pf, 0, { kind: 'network-namespace', name: 'blue' });
  assert.deepEqual(printIpLink(machine).match(/ens1f0v\d/g), ['ens1f0v1']);
});

test('printIpLink() shows representors in switchdev mode', () => {
  const { machine, pf } = machineWith(INTEL_E810);
  setEswitchMode(machine, pf, 'switchdev');
  pf.driversAutoprobe = false;
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  assert.deepEqual(printIpLink(machine).match(/^\d+: \w+/gm), [
    '1: lo',
    '2: ens1f0',
    '3: ens1f1',
    '4: ens1f0r0',
    '5: ens1f0r1',
  ]);
});
