import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BCM57414,
  type CardSlot,
  INTEL_82576,
  INTEL_E810,
  observeMachine,
  SimulatedMachine,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import {
  type DesiredVfSettings,
  type ObservedHost,
  parseDeviceSpecs,
  parseHostId,
  parseMacAddress,
  parsePciAddress,
  parsePhysicalNetwork,
  parseVlan,
} from '@virtfn/model';
import fc from 'fast-check';
import {
  chooseFromFleet,
  chooseVf,
  describeReason,
  HostsByLoad,
  type ScheduleRequest,
  type SchedulerHost,
  type SchedulerPf,
} from './index.ts';

const PHYSNET1 = parsePhysicalNetwork('physnet1');
const PHYSNET2 = parsePhysicalNetwork('physnet2');
const SETTINGS: DesiredVfSettings = {
  adminMac: parseMacAddress('52:54:00:00:00:01'),
  vlan: parseVlan(100),
  spoofCheck: true,
  trust: false,
  linkState: 'auto',
  minTxRateMbps: null,
  maxTxRateMbps: null,
};

const ask = (request: Partial<ScheduleRequest> = {}): ScheduleRequest => ({
  vnicType: 'direct',
  physicalNetwork: PHYSNET1,
  settings: SETTINGS,
  needsSwitchdev: false,
  needsFilter: false,
  numa: null,
  hostId: null,
  pciAddress: null,
  strategy: 'spread',
  apartFrom: [],
  apart: 'pf',
  allowed: null,
  ...request,
});

/** A host with VFs on every PF, all on physnet1. */
function hostOf(
  name: string,
  slots: readonly CardSlot[],
  change: (host: ObservedHost) => ObservedHost = (host) => host,
  numVfs = 4,
): SchedulerHost {
  const machine = new SimulatedMachine(parseHostId(name), new VirtualClock(), slots);
  machine.clock.advance(5000);
  for (const pf of machine.pfs) {
    pf.adminUp = true;
    pf.driversAutoprobe = false;
    writeSriovNumvfs(machine, pf, numVfs);
    machine.clock.advance(5000);
  }
  const observed = change(observeMachine(machine));
  return {
    hostId: observed.hostId,
    isAlive: true,
    canFilter: true,
    pfs: observed.pfs.map((pf) => ({
      pf,
      physicalNetworks: [PHYSNET1],
      taken: new Set(),
      guaranteedMbps: 0,
    })),
    socketOfNode: new Map([
      [0, 0],
      [1, 0],
      [2, 1],
    ]),
  };
}

const INTEL = (slot = '0000:82:00', numaNode = 0): CardSlot => ({
  card: INTEL_82576,
  slot,
  netdevNames: [],
  numaNode,
});

const onPf = (host: SchedulerHost, index: number, change: Partial<SchedulerPf>): SchedulerHost => ({
  ...host,
  pfs: host.pfs.map((pf, at) => (at === index ? { ...pf, ...change } : pf)),
});

const changePf = (host: SchedulerHost, index: number, change: Partial<SchedulerPf['pf']>): SchedulerHost =>
  onPf(host, index, { pf: { ...(host.pfs[index]?.pf ?? assert.fail()), ...change } });

function chosen(request: ScheduleRequest, ...hosts: readonly SchedulerHost[]): string {
  const choice = chooseVf(request, hosts);
  return choice.kind === 'chosen'
    ? `${choice.hostId} ${choice.pf} ${choice.vfIndex}`
    : choice.hosts
        .map(({ hostId, reasons }) => `${hostId}: ${reasons.map((reason) => reason.code).join(' ')}`)
        .join('; ');
}

describe('chooseVf()', () => {
  const a = hostOf('a', [INTEL()]);
  const b = hostOf('b', [INTEL()]);
  const [pf0, pf1] = a.pfs.map(({ pf }) => pf);
  assert.ok(pf0 !== undefined && pf1 !== undefined);

  const cases: readonly {
    readonly name: string;
    readonly request?: Partial<ScheduleRequest>;
    readonly hosts: readonly SchedulerHost[];
    readonly want: string;
  }[] = [
    { name: 'takes the first free VF', hosts: [a], want: 'a 0000:82:00.0 0' },
    {
      name: 'passes VFs that ports have',
      hosts: [onPf(onPf(a, 1, { physicalNetworks: [] }), 0, { taken: new Set([0, 1]) })],
      want: 'a 0000:82:00.0 2',
    },
    {
      name: 'spreads over PFs',
      hosts: [onPf(a, 0, { taken: new Set([0]) })],
      want: 'a 0000:82:00.1 0',
    },
    {
      name: 'packs, until a PF is full',
      request: { strategy: 'pack' },
      hosts: [onPf(a, 1, { taken: new Set([0]) }), onPf(b, 0, { taken: new Set([0, 1, 2, 3]) })],
      want: 'a 0000:82:00.1 1',
    },
    {
      name: 'takes the host that was chosen',
      request: { hostId: parseHostId('b') },
      hosts: [a, b],
      want: 'b 0000:82:00.0 0',
    },
    {
      name: 'takes the very VF that was chosen',
      request: { hostId: parseHostId('b'), pciAddress: b.pfs[1]?.pf.vfs[3]?.pciAddress ?? assert.fail() },
      hosts: [a, b],
      want: 'b 0000:82:00.1 3',
    },
    {
      name: 'does not take another one when the chosen one is taken',
      request: { pciAddress: a.pfs[0]?.pf.vfs[3]?.pciAddress ?? assert.fail() },
      hosts: [onPf(a, 0, { taken: new Set([3]) })],
      want: 'a: vf-taken',
    },
    {
      name: 'knows that the chosen function is none',
      request: { pciAddress: parsePciAddress('0000:99:00.0') },
      hosts: [a],
      want: 'a: function-unknown',
    },
    {
      name: 'keeps to the physical network',
      request: { physicalNetwork: PHYSNET2 },
      hosts: [a, onPf(b, 1, { physicalNetworks: [PHYSNET2] })],
      want: 'b 0000:82:00.1 0',
    },
    {
      name: 'passes PFs without a link',
      hosts: [changePf(changePf(a, 0, { carrier: false }), 1, { adminUp: false })],
      want: 'a: link-down link-down',
    },
    {
      name: 'passes hosts that are gone',
      hosts: [{ ...a, isAlive: false }, b],
      want: 'b 0000:82:00.0 0',
    },
    { name: 'says that a host is gone', hosts: [{ ...a, isAlive: false }], want: 'a: agent-gone' },
    { name: 'says that a host has no cards', hosts: [{ ...a, pfs: [] }], want: 'a: no-pfs' },
    {
      name: 'passes drivers that cannot do what is asked for',
      request: { settings: { ...SETTINGS, linkState: 'enable' } },
      hosts: [a, hostOf('e', [{ card: INTEL_E810, slot: '0000:3b:00', netdevNames: [] }])],
      want: 'e 0000:3b:00.0 0',
    },
    {
      name: 'says what a driver cannot do',
      request: { settings: { ...SETTINGS, minTxRateMbps: 100 } },
      hosts: [a],
      want: 'a: capability capability',
    },
    {
      name: 'does not guarantee more than the link has',
      request: { settings: { ...SETTINGS, minTxRateMbps: 10_000 } },
      hosts: [
        onPf(
          onPf(hostOf('n', [{ card: BCM57414, slot: '0000:3b:00', netdevNames: [] }]), 0, {
            guaranteedMbps: 20_000,
          }),
          1,
          { guaranteedMbps: 15_000 },
        ),
      ],
      want: 'n 0000:3b:00.1 0',
    },
    {
      name: 'keeps ports apart on different PFs',
      request: { apartFrom: [{ hostId: a.hostId, pf: pf0.pciAddress }] },
      hosts: [a],
      want: 'a 0000:82:00.1 0',
    },
    {
      name: 'keeps ports apart on different cards',
      request: { apart: 'card', apartFrom: [{ hostId: a.hostId, pf: pf0.pciAddress }] },
      hosts: [hostOf('a', [INTEL(), INTEL('0000:07:00')])],
      want: 'a 0000:07:00.0 0',
    },
    {
      name: 'says that all are too near',
      request: { apart: 'card', apartFrom: [{ hostId: a.hostId, pf: pf0.pciAddress }] },
      hosts: [a],
      want: 'a: apart apart',
    },
    {
      name: 'wants switchdev where it is needed',
      request: { needsSwitchdev: true },
      hosts: [a],
      want: 'a: switchdev switchdev',
    },
    {
      name: 'passes VFs in use by something else',
      hosts: [
        onPf(
          changePf(a, 0, {
            vfs: pf0.vfs.map((vf) => ({ ...vf, users: [{ kind: 'vfio', process: 'q', vm: null }] })),
          }),
          1,
          {
            physicalNetworks: [],
          },
        ),
      ],
      want: 'a: vf-in-use physical-network',
    },
    {
      name: 'gives a whole PF away',
      request: { vnicType: 'direct-physical' },
      hosts: [hostOf('a', [INTEL()], undefined, 0)],
      want: 'a 0000:82:00.0 null',
    },
    {
      name: 'does not give a PF away that has VFs',
      request: { vnicType: 'direct-physical' },
      hosts: [a],
      want: 'a: pf-in-use pf-in-use',
    },
    {
      name: 'does not give the default route away',
      request: { vnicType: 'direct-physical' },
      hosts: [
        onPf(changePf(hostOf('a', [INTEL()], undefined, 0), 0, { carriesDefaultRoute: true }), 1, {
          taken: new Set([-1]),
        }),
      ],
      want: 'a: default-route pf-in-use',
    },
  ];
  for (const { name, request, hosts, want } of cases) {
    it(name, () => assert.equal(chosen(ask(request), ...hosts), want));
  }

  const far = hostOf('far', [INTEL('0000:82:00', 2)]);
  const near = hostOf('near', [INTEL('0000:82:00', 1)]);
  const unknown = hostOf('unknown', [INTEL()], (host) => ({
    ...host,
    pfs: host.pfs.map((pf) => ({ ...pf, numaNode: null })),
  }));
  const same = hostOf('same', [INTEL('0000:82:00', 0)]);
  const numaCases: readonly {
    policy: 'legacy' | 'preferred' | 'required' | 'socket';
    hosts: readonly SchedulerHost[];
    want: string;
  }[] = [
    { policy: 'required', hosts: [far, near, unknown, same], want: 'same 0000:82:00.0 0' },
    {
      policy: 'required',
      hosts: [far, near, unknown],
      want: 'far: numa numa; near: numa numa; unknown: numa numa',
    },
    { policy: 'socket', hosts: [far, unknown, near], want: 'near 0000:82:00.0 0' },
    { policy: 'socket', hosts: [far, unknown], want: 'far: numa numa; unknown: numa numa' },
    { policy: 'legacy', hosts: [far, near, unknown], want: 'unknown 0000:82:00.0 0' },
    { policy: 'legacy', hosts: [far, near], want: 'far: numa numa; near: numa numa' },
    { policy: 'preferred', hosts: [far, near, unknown, same], want: 'same 0000:82:00.0 0' },
    { policy: 'preferred', hosts: [far, unknown], want: 'unknown 0000:82:00.0 0' },
    { policy: 'preferred', hosts: [far], want: 'far 0000:82:00.0 0' },
  ];
  for (const { policy, hosts, want } of numaCases) {
    it(`follows the NUMA policy ${policy} among ${hosts.map(({ hostId }) => hostId).join(', ')}`, () =>
      assert.equal(chosen(ask({ numa: { policy, nodes: [0] } }), ...hosts), want));
  }

  it('explains itself in words', () => {
    const choice = chooseVf(ask({ physicalNetwork: PHYSNET2 }), [
      onPf(a, 0, { physicalNetworks: [PHYSNET2], taken: new Set([0, 1, 2, 3]) }),
    ]);
    assert.ok(choice.kind === 'refused');
    assert.deepEqual(choice.hosts[0]?.reasons.map(describeReason), [
      '4 VFs of PF 0000:82:00.0: another port has it',
      'PF 0000:82:00.1: it is joined to physnet1, not to physnet2',
    ]);
  });

  it('never gives a VF twice, never one that is refused, and gives all there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('spread' as const, 'pack' as const), fc.boolean()), {
          minLength: 20,
          maxLength: 20,
        }),
        (requests) => {
          let hosts: readonly SchedulerHost[] = [a, b];
          const given = new Set<string>();
          for (const [strategy] of requests) {
            const choice = chooseVf(ask({ strategy }), hosts);
            if (choice.kind === 'refused') continue;
            const key = `${choice.hostId} ${choice.pciAddress}`;
            assert.ok(!given.has(key));
            given.add(key);
            hosts = hosts.map((host) =>
              host.hostId !== choice.hostId
                ? host
                : {
                    ...host,
                    pfs: host.pfs.map((each) =>
                      each.pf.pciAddress === choice.pf
                        ? { ...each, taken: new Set([...each.taken, choice.vfIndex ?? -1]) }
                        : each,
                    ),
                  },
            );
          }
          assert.equal(given.size, 16, 'two hosts, two PFs, four VFs');
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('chooseFromFleet()', () => {
  const wires = [PHYSNET1, PHYSNET2];
  /** A host whose PFs have so many VFs taken, each on one of two wires. */
  const someHost = fc.record({
    taken: fc.array(fc.tuple(fc.nat(4), fc.nat(1)), { minLength: 2, maxLength: 2 }),
    isAlive: fc.boolean(),
  });
  const TEMPLATE = hostOf('template', [INTEL()]);
  const hostsOf = (drawn: readonly (typeof someHost extends fc.Arbitrary<infer Value> ? Value : never)[]) =>
    drawn.map(
      ({ taken, isAlive }, index): SchedulerHost => ({
        ...TEMPLATE,
        hostId: parseHostId(`host-${index}`),
        isAlive,
        pfs: TEMPLATE.pfs.map((each, at) => ({
          ...each,
          physicalNetworks: [wires[taken[at]?.[1] ?? 0] ?? PHYSNET1],
          taken: new Set(Array.from({ length: taken[at]?.[0] ?? 0 }, (_, vfIndex) => vfIndex)),
        })),
      }),
    );
  const loadOfChoice = (
    choice: ReturnType<typeof chooseVf>,
    hosts: readonly SchedulerHost[],
  ): number | string => {
    if (choice.kind === 'refused') return JSON.stringify(choice.hosts);
    const pfs = hosts.find(({ hostId }) => hostId === choice.hostId)?.pfs ?? [];
    return pfs.find(({ pf }) => pf.pciAddress === choice.pf)?.taken.size ?? -1;
  };

  it('finds what is as good as the best of all hosts, whatever changed meanwhile', () => {
    fc.assert(
      fc.property(
        fc.array(someHost, { maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(11), someHost), { maxLength: 12 }),
        fc.constantFrom('spread' as const, 'pack' as const),
        (first, changes, strategy) => {
          const hosts = hostsOf(first);
          const fleet = new HostsByLoad();
          for (const host of hosts) fleet.put(host);
          for (const [place, drawn] of changes) {
            const host = hosts[place];
            if (host === undefined) continue;
            hosts[place] = { ...(hostsOf([drawn])[0] ?? host), hostId: host.hostId };
            fleet.put(hosts[place]);
          }
          for (const physicalNetwork of wires) {
            const request = ask({ physicalNetwork, strategy });
            assert.equal(
              loadOfChoice(chooseFromFleet(request, fleet), hosts),
              loadOfChoice(chooseVf(request, fleet.all()), hosts),
            );
          }
        },
      ),
    );
  });
});

describe('chooseVf() with a list of what may be given out', () => {
  const cases: readonly { name: string; specs: readonly object[]; trust?: boolean; want: string }[] = [
    { name: 'takes the first VF that it allows', specs: [{ address: ':82:10.5' }], want: 'a 0000:82:00.1 2' },
    { name: 'takes nothing of an empty one', specs: [], want: 'a: not-allowed not-allowed' },
    {
      name: 'takes a function for its own physical network only',
      specs: [{ address: ':82:10.', physical_network: 'physnet2' }],
      want: 'a: not-allowed not-allowed',
    },
    {
      name: 'does not mind the case of a physical network',
      specs: [{ address: ':82:10.5', physical_network: 'PhysNet1' }],
      want: 'a 0000:82:00.1 2',
    },
    {
      name: 'gives to trusted ports what is tagged so',
      specs: [{ address: ':82:10.4' }, { address: ':82:10.5', trusted: true }],
      trust: true,
      want: 'a 0000:82:00.1 2',
    },
  ];
  for (const { name, specs, trust = false, want } of cases) {
    it(name, () => {
      const settings = { ...SETTINGS, trust };
      assert.equal(chosen(ask({ allowed: parseDeviceSpecs(specs), settings }), hostOf('a', [INTEL()])), want);
    });
  }
});
