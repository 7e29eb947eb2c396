import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMacAddress, parseVlan, type ObservedHost } from '@virtfn/model';
import { type Card, CARDS, CONNECTX_6, INTEL_82576, INTEL_E810 } from '../cards/index.ts';
import { vfioPci } from '../drivers/index.ts';
import { seededRandom } from '../fleet/index.ts';
import {
  addFdbEntry,
  setEswitchMode,
  setPfDriver,
  setPfMtu,
  setPfPromiscuous,
  setPfUp,
  setVfDriver,
  setVfSetting,
  writeSriovNumvfs,
} from '../kernel/index.ts';
import { answerOf, machineWith } from '../kernel/sample-machine.ts';
import { observeMachine, type SimulatedMachine, type SimulatedPf } from '../machine/index.ts';
import { printIpCommands } from './index.ts';
import { replayCommands } from './replay-commands.ts';

const MAC = parseMacAddress('52:54:00:aa:00:01');

const states: readonly {
  readonly name: string;
  readonly given: {
    readonly card: Card;
    readonly make: (machine: SimulatedMachine, pf: SimulatedPf) => void;
  };
  readonly want: string;
}[] = [
  { name: 'a machine after boot', given: { card: INTEL_82576, make: () => {} }, want: '' },
  {
    name: 'the PF: MTU, a bridge over it, its place in the FDB',
    given: {
      card: INTEL_82576,
      make: (machine, pf) => {
        setPfMtu(machine, pf, 9000);
        setPfPromiscuous(machine, pf, true);
        addFdbEntry(machine, pf, MAC);
      },
    },
    want: `\
ip link set ens1f0 mtu 9000
ip link set ens1f0 promisc on
bridge fdb replace 52:54:00:aa:00:01 dev ens1f0 self
`,
  },
  {
    name: 'VFs for two virtual machines, none probed by itself',
    given: {
      card: INTEL_82576,
      make: (machine, pf) => {
        pf.driversAutoprobe = false;
        writeSriovNumvfs(machine, pf, 3);
        machine.clock.advance(5000);
        const [first, second] = pf.vfs;
        assert.ok(first !== undefined && second !== undefined);
        setVfSetting(machine, pf, first, { attribute: 'adminMac', value: MAC });
        setVfSetting(machine, pf, first, { attribute: 'vlan', value: parseVlan(100, 3) });
        setVfSetting(machine, pf, first, {
          attribute: 'rate',
          value: { minTxRateMbps: null, maxTxRateMbps: 200 },
        });
        setVfDriver(machine, pf, first, 'vfio-pci');
        setVfSetting(machine, pf, second, { attribute: 'spoofCheck', value: false });
        setVfSetting(machine, pf, second, { attribute: 'trust', value: true });
        setVfDriver(machine, pf, second, 'kernel');
        second.mtu = 1400;
        machine.clock.advance(1000);
      },
    },
    want: `\
echo 0 > /sys/bus/pci/devices/0000:82:00.0/sriov_drivers_autoprobe
echo 3 > /sys/bus/pci/devices/0000:82:00.0/sriov_numvfs
ip link set ens1f0 vf 0 mac 52:54:00:aa:00:01
ip link set ens1f0 vf 0 vlan 100 qos 3
ip link set ens1f0 vf 0 max_tx_rate 200
echo vfio-pci > /sys/bus/pci/devices/0000:82:10.0/driver_override
echo 0000:82:10.0 > /sys/bus/pci/drivers_probe
ip link set ens1f0 vf 1 spoofchk off
ip link set ens1f0 vf 1 trust on
echo igbvf > /sys/bus/pci/devices/0000:82:10.2/driver_override
echo 0000:82:10.2 > /sys/bus/pci/drivers_probe
echo > /sys/bus/pci/devices/0000:82:10.2/driver_override
ip link set ens1f0v1 mtu 1400
`,
  },
  {
    name: 'a MAC that the VF shows after its driver was loaded again',
    given: {
      card: INTEL_82576,
      make: (machine, pf) => {
        writeSriovNumvfs(machine, pf, 1);
        const vf = machine.vf(pf, 0);
        setVfSetting(machine, pf, vf, { attribute: 'adminMac', value: MAC });
        setVfDriver(machine, pf, vf, 'none');
        setVfDriver(machine, pf, vf, 'kernel');
      },
    },
    want: `\
echo 1 > /sys/bus/pci/devices/0000:82:00.0/sriov_numvfs
ip link set ens1f0 vf 0 mac 52:54:00:aa:00:01
echo 0000:82:10.0 > /sys/bus/pci/devices/0000:82:10.0/driver/unbind
echo 0000:82:10.0 > /sys/bus/pci/drivers_probe
`,
  },
  {
    name: 'a MAC that the VF does not show yet',
    given: {
      card: INTEL_82576,
      make: (machine, pf) => {
        writeSriovNumvfs(machine, pf, 1);
        setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'adminMac', value: MAC });
      },
    },
    want: `\
echo 1 > /sys/bus/pci/devices/0000:82:00.0/sriov_numvfs
ip link set ens1f0 vf 0 mac 52:54:00:aa:00:01
`,
  },
  {
    name: 'a closed VF, and rates with a minimum',
    given: {
      card: INTEL_E810,
      make: (machine, pf) => {
        writeSriovNumvfs(machine, pf, 2);
        const [first, second] = pf.vfs;
        assert.ok(first !== undefined && second !== undefined);
        setVfSetting(machine, pf, first, { attribute: 'linkState', value: 'disable' });
        setVfDriver(machine, pf, first, 'none');
        setVfSetting(machine, pf, second, { attribute: 'vlan', value: parseVlan(7, 0, '802.1ad') });
        setVfSetting(machine, pf, second, {
          attribute: 'rate',
          value: { minTxRateMbps: 50, maxTxRateMbps: 100 },
        });
      },
    },
    want: `\
echo 2 > /sys/bus/pci/devices/0000:82:00.0/sriov_numvfs
ip link set ens1f0 vf 0 state disable
echo 0000:82:01.0 > /sys/bus/pci/devices/0000:82:01.0/driver/unbind
ip link set ens1f0 vf 1 vlan 7 proto 802.1ad
ip link set ens1f0 vf 1 max_tx_rate 100 min_tx_rate 50
`,
  },
  {
    name: 'switchdev on ice: the mode first',
    given: {
      card: INTEL_E810,
      make: (machine, pf) => {
        setEswitchMode(machine, pf, 'switchdev');
        writeSriovNumvfs(machine, pf, 1);
      },
    },
    want: `\
devlink dev eswitch set pci/0000:82:00.0 mode switchdev
echo 1 > /sys/bus/pci/devices/0000:82:00.0/sriov_numvfs
`,
  },
  {
    name: 'switchdev on mlx5: VFs without drivers first',
    given: {
      card: CONNECTX_6,
      make: (machine, pf) => {
        writeSriovNumvfs(machine, pf, 1);
        setVfDriver(machine, pf, machine.vf(pf, 0), 'none');
        setEswitchMode(machine, pf, 'switchdev');
        setVfDriver(machine, pf, machine.vf(pf, 0), 'kernel');
      },
    },
    want: `\
echo 0 > /sys/bus/pci/devices/0000:82:00.0/sriov_drivers_autoprobe
echo 1 > /sys/bus/pci/devices/0000:82:00.0/sriov_numvfs
devlink dev eswitch set pci/0000:82:00.0 mode switchdev
echo 1 > /sys/bus/pci/devices/0000:82:00.0/sriov_drivers_autoprobe
echo 0000:82:00.2 > /sys/bus/pci/drivers_probe
`,
  },
  {
    name: 'a PF given to VFIO',
    given: { card: INTEL_82576, make: (machine, pf) => setPfDriver(machine, pf, vfioPci) },
    want: `\
echo vfio-pci > /sys/bus/pci/devices/0000:82:00.0/driver_override
echo 0000:82:00.0 > /sys/bus/pci/devices/0000:82:00.0/driver/unbind
echo 0000:82:00.0 > /sys/bus/pci/drivers_probe
`,
  },
];

/** Without the MACs that VF drivers picked for themselves: no command sets those. */
function withoutOwnMacs(machine: SimulatedMachine): ObservedHost {
  const host = observeMachine(machine);
  const pfs = host.pfs.map((pf, index) => ({
    ...pf,
    vfs: pf.vfs.map((vf) =>
      vf.settings !== null && machine.pfs[index]?.vfs[vf.vfIndex]?.settings.adminMac === null
        ? { ...vf, settings: { ...vf.settings, adminMac: null } }
        : vf,
    ),
  }));
  return { ...host, pfs };
}

/** Runs the commands on a machine after boot; it must then be as the first one, and print the same. */
function assertReplays(machine: SimulatedMachine, card: Card): void {
  machine.clock.advance(5000);
  const commands = printIpCommands(machine);
  const other = machineWith(card).machine;
  replayCommands(other, commands);
  assert.equal(printIpCommands(other), commands);
  assert.deepEqual(withoutOwnMacs(other), withoutOwnMacs(machine), commands);
}

for (const { name, given, want } of states) {
  test(`printIpCommands() prints ${name}, and the commands make it`, () => {
    const { machine, pf } = machineWith(given.card);
    given.make(machine, pf);
    machine.clock.advance(5000);
    assert.equal(printIpCommands(machine), want);
    assertReplays(machine, given.card);
  });
}

/** One random system call; refusals are part of life. */
function disturb(machine: SimulatedMachine, random: () => number): void {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(...all: readonly T[]): T => all[below(all.length)] as T;
  const pf = pick(...machine.pfs);
  const call = (): void => {
    if (random() < 0.2) return writeSriovNumvfs(machine, pf, below(4));
    if (random() < 0.1) return setPfUp(machine, pf, random() < 0.8);
    if (random() < 0.1) return setEswitchMode(machine, pf, pick('legacy', 'switchdev'));
    const vf = machine.vf(pf, below(3));
    if (random() < 0.4) return setVfDriver(machine, pf, vf, pick('kernel', 'none', 'vfio-pci'));
    const on = random() < 0.5;
    const mbps = 1 + below(500);
    return setVfSetting(
      machine,
      pf,
      vf,
      pick(
        { attribute: 'vlan', value: on ? parseVlan(1 + below(4094), below(8)) : null },
        { attribute: 'spoofCheck', value: on },
        { attribute: 'trust', value: on },
        { attribute: 'linkState', value: pick('auto', 'enable', 'disable') },
        { attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: on ? mbps : null } },
      ),
    );
  };
  answerOf(call);
  machine.clock.advance(5000);
}

for (const [name, card] of Object.entries(CARDS)) {
  test(`printIpCommands() of ${name}: after any calls, the commands make the same state again`, () => {
    let replayed = 0;
    for (let seed = 0; seed < 25; seed += 1) {
      const random = seededRandom(seed);
      const { machine } = machineWith(card);
      for (const pf of machine.pfs) pf.driversAutoprobe = random() < 0.5;
      for (let count = 0; count < 30; count += 1) disturb(machine, random);
      for (const pf of machine.pfs) setPfUp(machine, pf, true);
      // A switchdev mode made by other means than its settings allow cannot be told in commands.
      if (machine.pfs.some((pf) => pf.eswitchMode === 'switchdev')) continue;
      assertReplays(machine, card);
      replayed += 1;
    }
    assert.ok(replayed >= 5, `${replayed} states were replayed`);
  });
}
