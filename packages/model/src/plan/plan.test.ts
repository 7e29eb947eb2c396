import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BCM57414,
  type Card,
  CONNECTX_6,
  INTEL_82576,
  INTEL_E810,
  INTEL_I350,
  observeMachine,
  setVfDriver,
  setVfSetting,
  SimulatedMachine,
  unknownDriver,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import {
  type AttachmentId,
  type DesiredHost,
  type DesiredPf,
  type DesiredVfSettings,
  describeStep,
  isSriovError,
  type ObservedHost,
  parseAttachmentId,
  parseHostId,
  parseMacAddress,
  parsePciAddress,
  parseVlan,
  plan,
} from '../index.ts';

const PF = parsePciAddress('0000:82:00.0');
const A = parseAttachmentId('a');
const MAC = parseMacAddress('52:54:00:00:00:01');
const SETTINGS: DesiredVfSettings = {
  adminMac: MAC,
  vlan: parseVlan(100),
  spoofCheck: true,
  trust: false,
  linkState: 'auto',
  minTxRateMbps: null,
  maxTxRateMbps: null,
};

function machineWith(card: Card, setUp: (machine: SimulatedMachine) => void = () => {}): SimulatedMachine {
  const machine = new SimulatedMachine(parseHostId('h'), new VirtualClock(), [
    { card, slot: '0000:82:00', netdevNames: ['eth2', 'eth3'] },
  ]);
  setUp(machine);
  machine.clock.advance(5000);
  return machine;
}

function withVfs(count: number): (machine: SimulatedMachine) => void {
  return (machine) => {
    const pf = machine.pf(PF);
    pf.driversAutoprobe = false;
    writeSriovNumvfs(machine, pf, count);
  };
}

function desire(pf: Partial<DesiredPf>, rest: Partial<DesiredHost> = {}): DesiredHost {
  return {
    releases: [],
    evict: [],
    reloadDriver: false,
    pfs: [
      {
        pf: PF,
        numVfs: 0,
        moduleOption: null,
        eswitchMode: null,
        adminUp: false,
        mtu: null,
        localMacs: [],
        vfs: [],
        ...pf,
      },
    ],
    ...rest,
  };
}

const attached = (
  vfIndex: number,
  settings: Partial<DesiredVfSettings> = {},
  attachmentId: AttachmentId = A,
) =>
  ({
    kind: 'attached',
    vfIndex,
    attachmentId,
    settings: { ...SETTINGS, ...settings },
    driver: 'vfio-pci',
    mtu: null,
  }) as const;

function owned(observed: ObservedHost, vfIndex: number, attachmentId: AttachmentId): ObservedHost {
  return {
    ...observed,
    pfs: observed.pfs.map((pf) =>
      pf.pciAddress !== PF
        ? pf
        : { ...pf, vfs: pf.vfs.map((vf) => (vf.vfIndex === vfIndex ? { ...vf, attachmentId } : vf)) },
    ),
  };
}

/** Steps in words, without the part that every one of these has. */
function stepsOf(desired: DesiredHost, observed: ObservedHost): readonly string[] {
  return plan(desired, observed).steps.map((step) =>
    describeStep(step).replace(` on PF ${PF}`, '').replace(` of PF ${PF}`, ''),
  );
}

describe('plan() of VF counts', () => {
  const cases: readonly {
    name: string;
    card: Card;
    setUp?: (machine: SimulatedMachine) => void;
    desired: DesiredHost;
    want: readonly string[];
  }[] = [
    {
      name: 'enables VFs with driver probing off, so that they are closed when they appear',
      card: INTEL_82576,
      desired: desire({ numVfs: 7 }),
      want: ['turn driver probing of new VFs off', 'set 7 VFs (now 0)'],
    },
    {
      name: 'goes through 0, because the kernel refuses anything else',
      card: INTEL_82576,
      setUp: withVfs(7),
      desired: desire({ numVfs: 4 }),
      want: ['set 0 VFs (now 7)', 'set 4 VFs (now 0)'],
    },
    {
      name: 'does nothing when the number is right',
      card: INTEL_82576,
      setUp: withVfs(4),
      desired: desire({ numVfs: 4 }),
      want: [],
    },
    {
      name: 'removes all VFs',
      card: INTEL_82576,
      setUp: withVfs(4),
      desired: desire({}),
      want: ['set 0 VFs (now 4)'],
    },
    {
      name: 'brings a bnxt_en PF up first, which enables nothing while it is down',
      card: BCM57414,
      setUp: (machine) => {
        machine.pf(PF).adminUp = false;
      },
      desired: desire({ numVfs: 1, vfs: [{ kind: 'unmanaged', vfIndex: 0 }] }),
      want: [`bring PF ${PF} up`, 'turn driver probing of new VFs off', 'set 1 VFs (now 0)'],
    },
    {
      name: 'changes the mode of an ice PF while it has no VFs',
      card: INTEL_E810,
      setUp: withVfs(1),
      desired: desire({
        numVfs: 1,
        eswitchMode: 'switchdev',
        vfs: [{ kind: 'quarantined', vfIndex: 0, attachmentId: A }],
      }),
      want: [
        'set 0 VFs (now 1)',
        'set eswitch mode switchdev',
        'set 1 VFs (now 0)',
        'set link state disable on VF 0',
        'note VF 0 as taken by attachment a',
      ],
    },
    {
      name: 'makes VFs of an mlx5 PF in legacy mode and changes the mode with them there',
      card: CONNECTX_6,
      desired: desire({ numVfs: 1, eswitchMode: 'switchdev' }),
      want: [
        'turn driver probing of new VFs off',
        'set 1 VFs (now 0)',
        'set eswitch mode switchdev',
        'set link state disable on VF 0',
      ],
    },
  ];
  for (const { name, card, setUp, desired, want } of cases) {
    it(name, () => assert.deepEqual(stepsOf(desired, observeMachine(machineWith(card, setUp))), want));
  }
});

describe('plan() of one VF', () => {
  it('opens a port’s VF in an order that never leaves it half open', () => {
    const observed = observeMachine(machineWith(INTEL_82576, withVfs(1)));
    assert.deepEqual(stepsOf(desire({ numVfs: 1, vfs: [attached(0)] }), observed), [
      'note VF 0 as taken by attachment a',
      'set VLAN 100 (qos 0, 802.1q) on VF 0',
      `set MAC ${MAC} on VF 0`,
      'bind the vfio-pci driver to VF 0',
    ]);
  });

  it('disables the link first and enables it last where the driver has a link state', () => {
    const observed = observeMachine(machineWith(INTEL_E810, withVfs(1)));
    const steps = stepsOf(desire({ numVfs: 1, vfs: [attached(0, { linkState: 'enable' })] }), observed);
    assert.equal(steps[0], 'set link state disable on VF 0');
    assert.equal(steps.at(-1), 'set link state enable on VF 0');
  });

  it('leaves a VF alone that libvirt has given the VFIO driver of its card', () => {
    const machine = machineWith(INTEL_82576, (each) => {
      withVfs(1)(each);
      const [vf] = each.pf(PF).vfs;
      if (vf === undefined) return;
      vf.settings = { ...vf.settings, adminMac: MAC, vlan: parseVlan(100), trust: false, spoofCheck: true };
      vf.driver = 'igb_vfio_pci';
    });
    const desired = desire({ numVfs: 1, vfs: [attached(0)] });
    assert.deepEqual(stepsOf(desired, owned(observeMachine(machine), 0, A)), []);
  });

  it('closes a released VF and takes everything of its owner away before it gives it to the next one (pain 5)', () => {
    const machine = machineWith(INTEL_82576, (each) => {
      withVfs(1)(each);
      const [vf] = each.pf(PF).vfs;
      if (vf !== undefined) {
        vf.settings = { ...vf.settings, adminMac: MAC, vlan: parseVlan(100), trust: true };
        vf.driver = 'vfio-pci';
      }
    });
    const desired = desire(
      { numVfs: 1, vfs: [attached(0, { vlan: parseVlan(200) }, parseAttachmentId('b'))] },
      { releases: [A] },
    );
    assert.deepEqual(stepsOf(desired, owned(observeMachine(machine), 0, A)), [
      'take the driver off VF 0',
      'disable trust on VF 0',
      'clear the VLAN on VF 0',
      'clear the MAC on VF 0',
      'note VF 0 as given back by attachment a',
      'note VF 0 as taken by attachment b',
      'set VLAN 200 (qos 0, 802.1q) on VF 0',
      `set MAC ${MAC} on VF 0`,
      'bind the vfio-pci driver to VF 0',
    ]);
  });

  it('leaves the new owner’s VF alone when the old owner’s release comes late (pain 6)', () => {
    const observed = owned(observeMachine(machineWith(INTEL_82576, withVfs(1))), 0, parseAttachmentId('b'));
    const desired = desire(
      { numVfs: 1, vfs: [{ kind: 'quarantined', vfIndex: 0, attachmentId: parseAttachmentId('b') }] },
      { releases: [A] },
    );
    assert.deepEqual(stepsOf(desired, observed), []);
  });

  it('writes both rates at once, so that one does not overwrite the other (pain 21)', () => {
    const observed = observeMachine(machineWith(INTEL_E810, withVfs(1)));
    const steps = stepsOf(
      desire({ numVfs: 1, vfs: [attached(0, { minTxRateMbps: 50, maxTxRateMbps: 100 })] }),
      observed,
    );
    assert.ok(steps.includes('set rates (min 50, max 100 Mbit/s) on VF 0'));
  });

  it('tries everything on a driver that it does not know (pain 11)', () => {
    const machine = machineWith(INTEL_E810, (each) => {
      each.pf(PF).driver = unknownDriver('newnic');
      withVfs(1)(each);
    });
    const desired = desire({
      numVfs: 1,
      vfs: [attached(0, { trust: true, maxTxRateMbps: 100, linkState: 'enable' })],
    });
    const { steps, refusals } = plan(desired, observeMachine(machine));
    assert.deepEqual(refusals, []);
    const attributes = steps.flatMap((step) => (step.kind === 'set-vf' ? [step.setting.attribute] : []));
    assert.deepEqual(attributes, ['trust', 'vlan', 'adminMac', 'rate', 'linkState']);
  });
});

describe('plan() refusals', () => {
  const cases: readonly {
    name: string;
    card?: Card;
    setUp?: (machine: SimulatedMachine) => void;
    desired: DesiredHost;
    code: string;
    message: RegExp;
  }[] = [
    {
      name: '9 VFs on an 82576',
      desired: desire({ numVfs: 9 }),
      code: 'NUM_VFS_INVALID',
      message:
        /^Cannot set 9 VFs on PF 0000:82:00\.0: 82576 Gigabit Network Connection with driver igb has at most 7$/,
    },
    {
      name: 'a link state on igb (pain 35)',
      desired: desire({ numVfs: 1, vfs: [attached(0, { linkState: 'enable' })] }),
      code: 'ATTRIBUTE_UNSUPPORTED',
      message: /linkState on VF 0 .* driver igb/,
    },
    {
      name: 'a minimum rate on igb (pain 21)',
      desired: desire({ numVfs: 1, vfs: [attached(0, { minTxRateMbps: 10 })] }),
      code: 'ATTRIBUTE_UNSUPPORTED',
      message: /minTxRateMbps/,
    },
    {
      name: 'a rate on an I350',
      card: INTEL_I350,
      desired: desire({ numVfs: 1, vfs: [attached(0, { maxTxRateMbps: 10 })] }),
      code: 'ATTRIBUTE_UNSUPPORTED',
      message: /maxTxRateMbps .* I350/,
    },
    {
      name: 'a rate above the link',
      desired: desire({ numVfs: 1, vfs: [attached(0, { maxTxRateMbps: 1001 })] }),
      code: 'RATE_INVALID',
      message: /1001 Mbit\/s is more than the link's 1000/,
    },
    {
      name: 'a rate while the link is down',
      desired: desire({ numVfs: 1, vfs: [attached(0, { maxTxRateMbps: 100 })] }),
      setUp: (machine) => machine.setCable(machine.pf(PF), false),
      code: 'LINK_DOWN',
      message: /only while the link is up/,
    },
    {
      name: '802.1ad on igb',
      desired: desire({ numVfs: 1, vfs: [attached(0, { vlan: parseVlan(100, 0, '802.1ad') })] }),
      code: 'VLAN_PROTOCOL_UNSUPPORTED',
      message: /igb does not do 802\.1ad/,
    },
    {
      name: 'switchdev on igb',
      desired: desire({ eswitchMode: 'switchdev' }),
      code: 'ESWITCH_MODE_UNSUPPORTED',
      message: /legacy only/,
    },
    {
      name: 'a PF that is not there',
      desired: {
        ...desire({}),
        pfs: [{ ...desire({}).pfs[0], pf: parsePciAddress('01:00.0') } as DesiredPf],
      },
      code: 'PF_UNKNOWN',
      message: /host h has no such PF/,
    },
    {
      name: 'a PF without a driver',
      desired: desire({ numVfs: 1 }),
      setUp: (machine) => {
        machine.pf(PF).driver = null;
      },
      code: 'DRIVER_WITHOUT_SRIOV',
      message: /it has no driver/,
    },
    {
      name: 'a count that a machine with a VF stands in the way of, even if it is named (pain 1, K4)',
      setUp: (machine) => {
        withVfs(2)(machine);
        const pf = machine.pf(PF);
        for (const vf of pf.vfs) vf.driver = 'vfio-pci';
        machine.addVfUser(pf, 1, { kind: 'vfio', process: 'qemu-system-x86', vm: 'web-1' });
      },
      desired: desire({ numVfs: 4 }, { evict: ['virtual machine web-1'] }),
      code: 'VFS_IN_USE',
      message: /VF 1 by virtual machine web-1/,
    },
  ];
  for (const { name, card = INTEL_82576, setUp, desired, code, message } of cases) {
    it(`names ${name}, with the reason and what to do`, () => {
      const { refusals } = plan(desired, observeMachine(machineWith(card, setUp)));
      assert.equal(refusals[0]?.code, code);
      assert.match(refusals[0]?.message ?? '', message);
      assert.notEqual(refusals[0]?.hint, '');
    });
  }

  it('does not hold up a VF’s neighbours', () => {
    const desired = desire({
      numVfs: 2,
      vfs: [attached(0, { linkState: 'enable' }), attached(1, {}, parseAttachmentId('b'))],
    });
    const { steps, refusals } = plan(desired, observeMachine(machineWith(INTEL_82576, withVfs(2))));
    assert.equal(refusals.length, 1);
    assert.ok(steps.length > 0 && steps.every((step) => 'vfIndex' in step && step.vfIndex === 1));
  });

  const contradictions: readonly {
    name: string;
    desired: DesiredHost;
    code: 'DESIRED_CONFLICT' | 'VF_INDEX_INVALID' | 'NUM_VFS_INVALID';
  }[] = [
    {
      name: 'a VF index out of range',
      desired: desire({ numVfs: 2, vfs: [attached(2)] }),
      code: 'VF_INDEX_INVALID',
    },
    { name: 'half a VF', desired: desire({ numVfs: 1.5 }), code: 'NUM_VFS_INVALID' },
    {
      name: 'one VF twice',
      desired: desire({ numVfs: 2, vfs: [attached(0), attached(0, {}, parseAttachmentId('b'))] }),
      code: 'DESIRED_CONFLICT',
    },
    {
      name: 'one attachment twice',
      desired: desire({ numVfs: 2, vfs: [attached(0), attached(1)] }),
      code: 'DESIRED_CONFLICT',
    },
    {
      name: 'an attachment to serve and to release',
      desired: desire({ numVfs: 1, vfs: [attached(0)] }, { releases: [A] }),
      code: 'DESIRED_CONFLICT',
    },
  ];
  for (const { name, desired, code } of contradictions) {
    it(`throws on ${name}`, () => {
      assert.throws(
        () => plan(desired, observeMachine(machineWith(INTEL_82576))),
        (error) => isSriovError(error, code),
      );
    });
  }
});

describe('plan() blast radius', () => {
  it('says who loses a VF and that the PF’s own link drops', () => {
    const machine = machineWith(INTEL_82576, (each) => {
      withVfs(2)(each);
      each.pf(PF).carriesDefaultRoute = true;
    });
    const observed = owned(observeMachine(machine), 1, A);
    const { blastRadius } = plan(desire({ numVfs: 4 }, { evict: ['attachment a'] }), observed);
    assert.deepEqual(blastRadius, [
      { pf: PF, vfIndex: 0, effect: 'vf-removed', owners: [] },
      { pf: PF, vfIndex: 1, effect: 'vf-removed', owners: ['attachment a'] },
      { pf: PF, vfIndex: null, effect: 'pf-link-drop', owners: ['default route of the host through eth2'] },
    ]);
  });
});

describe('plan() of VFs that were there before', () => {
  const handMade = (settings: Partial<DesiredVfSettings>): SimulatedMachine =>
    machineWith(INTEL_82576, (machine) => {
      withVfs(1)(machine);
      machine.clock.advance(5000);
      const pf = machine.pf(PF);
      const vf = machine.vf(pf, 0);
      setVfSetting(machine, pf, vf, { attribute: 'adminMac', value: MAC });
      setVfSetting(machine, pf, vf, { attribute: 'vlan', value: settings.vlan ?? null });
      setVfDriver(machine, pf, vf, 'vfio-pci');
      machine.addVfUser(pf, 0, { kind: 'vfio', process: 'qemu', vm: 'web-1' });
    });
  const desired = desire({ numVfs: 1, vfs: [attached(0)] });

  it('takes over what is as it is wanted, and its user goes on', () => {
    const observed = observeMachine(handMade({ vlan: parseVlan(100) }));
    assert.deepEqual(plan(desired, observed).refusals, []);
    assert.deepEqual(stepsOf(desired, observed), ['note VF 0 as taken by attachment a']);
  });

  it('refuses what is otherwise while somebody uses it', () => {
    const observed = observeMachine(handMade({ vlan: parseVlan(200) }));
    assert.deepEqual(
      plan(desired, observed).refusals.map(({ code }) => code),
      ['VF_IN_USE'],
    );
    assert.deepEqual(stepsOf(desired, observed), []);
  });
});
