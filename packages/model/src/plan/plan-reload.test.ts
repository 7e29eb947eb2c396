import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  INTEL_82576,
  INTEL_I350,
  observeMachine,
  reloadDriver,
  setVfDriver,
  SimulatedHost,
  SimulatedMachine,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  type DesiredHost,
  type DesiredPf,
  describeStep,
  isJournalStep,
  parseHostId,
  parsePciAddress,
  plan,
} from '../index.ts';

const [A, B, C] = ['0000:82:00.0', '0000:82:00.1', '0000:07:00.0'].map(parsePciAddress);
assert.ok(A !== undefined && B !== undefined && C !== undefined);
const MAX_VFS = { module: 'igb', option: 'max_vfs' };

/** Two ports of an 82576 and two of an I350, all by igb. */
function openRig(defaultRoutePort?: number) {
  const machine = new SimulatedMachine(parseHostId('h'), new VirtualClock(), [
    { card: INTEL_82576, slot: '0000:82:00', netdevNames: ['eth2', 'eth3'] },
    {
      card: INTEL_I350,
      slot: '0000:07:00',
      netdevNames: ['eth0', 'eth1'],
      ...(defaultRoutePort === undefined ? {} : { defaultRoutePort }),
    },
  ]);
  machine.clock.advance(5000);
  return { machine, host: new SimulatedHost(machine) };
}

function desire(
  reload: boolean,
  ...pfs: (Pick<DesiredPf, 'pf' | 'numVfs'> & Partial<DesiredPf>)[]
): DesiredHost {
  return {
    releases: [],
    evict: [],
    reloadDriver: reload,
    pfs: pfs.map((pf) => ({
      moduleOption: MAX_VFS,
      eswitchMode: null,
      adminUp: true,
      mtu: null,
      localMacs: null,
      vfs: [],
      ...pf,
    })),
  };
}

describe('plan() of VFs by a module option', () => {
  it('names every card that the driver drives, and goes on only when it is told to', () => {
    const { machine } = openRig();
    const { steps, refusals } = plan(desire(false, { pf: A, numVfs: 4 }), observeMachine(machine));
    assert.deepEqual(steps, []);
    assert.deepEqual(
      refusals.map(({ code, message }) => ({ code, message })),
      [
        {
          code: 'DRIVER_RELOAD_NEEDED',
          message:
            'Cannot set 4 VFs on PF 0000:82:00.0: driver igb takes the number by its option max_vfs only, and loading it anew takes down eth2 (0000:82:00.0), eth3 (0000:82:00.1), eth0 (0000:07:00.0), eth1 (0000:07:00.1)',
        },
      ],
    );
  });

  it('plans one load for all PFs, tells what goes away, and has nothing left after it', async () => {
    const { machine, host } = openRig();
    const desired = desire(true, { pf: A, numVfs: 4 }, { pf: B, numVfs: 4 });
    const first = plan(desired, observeMachine(machine));
    assert.deepEqual(first.refusals, []);
    const reloads = first.steps.filter((step) => step.kind === 'reload-driver');
    assert.equal(reloads.length, 1);
    assert.match(describeStep(reloads[0] ?? assert.fail()), /^load driver igb anew with max_vfs=4, for PFs /);
    assert.equal(first.blastRadius.filter(({ effect }) => effect === 'pf-reload').length, 4);
    for (const step of first.steps) {
      assert.ok(!isJournalStep(step));
      await host.apply(step);
    }
    for (let round = 0; round < 3; round += 1) {
      for (const step of plan(desired, observeMachine(machine)).steps) {
        assert.ok(step.kind !== 'reload-driver' && !isJournalStep(step));
        await host.apply(step);
      }
    }
    assert.deepEqual(plan(desired, observeMachine(machine)).steps, []);
    assert.deepEqual(
      [A, B, C].map((pf) => machine.pf(pf).numVfs),
      [4, 4, 4],
      'the option is for all cards of the driver',
    );
    machine.reboot();
    assert.equal(machine.pf(A).numVfs, 4, 'and for every boot');
  });

  it('loads the driver again when somebody was killed between unloading and loading', () => {
    const { machine } = openRig();
    for (const pf of machine.pfs) pf.driver = null;
    const { steps } = plan(desire(true, { pf: A, numVfs: 4 }), observeMachine(machine));
    assert.ok(steps.some((step) => step.kind === 'reload-driver'));
  });

  it('refuses when the default route would go away, whoever asks', () => {
    const { machine } = openRig(0);
    const { steps, refusals } = plan(desire(true, { pf: A, numVfs: 4 }), observeMachine(machine));
    assert.deepEqual(steps, []);
    assert.equal(refusals[0]?.code, 'VFS_IN_USE');
    assert.match(
      refusals[0]?.message ?? '',
      /takes down eth0 \(0000:07:00\.0\), which carries the default route$/,
    );
  });

  it('refuses while a VF of any of its cards is in use, and names the user', () => {
    const { machine } = openRig();
    machine.moduleOptions.set('igb', 2);
    reloadDriver(machine, 'igb');
    machine.clock.advance(5000);
    const pf = machine.pf(C);
    setVfDriver(machine, pf, machine.vf(pf, 1), 'vfio-pci');
    machine.addVfUser(pf, 1, { kind: 'vfio', process: 'qemu', vm: 'web-1' });
    const { steps, refusals } = plan(desire(true, { pf: A, numVfs: 4 }), observeMachine(machine));
    assert.ok(!steps.some((step) => step.kind === 'reload-driver'));
    assert.match(refusals[0]?.message ?? '', /eth0 \(0000:07:00\.0\): VF 1 by virtual machine web-1/);
  });

  it('refuses two numbers for one driver', () => {
    const { machine } = openRig();
    const { refusals } = plan(
      desire(true, { pf: A, numVfs: 4 }, { pf: B, numVfs: 3 }),
      observeMachine(machine),
    );
    assert.deepEqual(
      refusals.map(({ code, pf }) => ({ code, pf })),
      [{ code: 'DESIRED_CONFLICT', pf: B }],
    );
  });
});
