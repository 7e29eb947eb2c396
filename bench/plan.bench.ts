import {
  observeMachine,
  SimulatedHost,
  SimulatedMachine,
  VirtualClock,
  INTEL_E810,
} from '@virtfn/host-simulator';
import {
  type DesiredHost,
  type MacAddress,
  type ObservedHost,
  parseAttachmentId,
  parseHostId,
  parseVlan,
  isJournalStep,
  plan,
} from '@virtfn/model';
import { measure } from './measure.ts';
import type { Benchmark, Row } from './table.ts';

const PFS = 8;
const VFS = 64;

/** A host of 8 PFs and what is wanted of it: a port on each of 8 x 64 VFs. */
function emptyHost(): { machine: SimulatedMachine; desired: DesiredHost } {
  const slots = Array.from({ length: PFS / 2 }, (_, index) => ({
    card: INTEL_E810,
    slot: `0000:${(0x10 + 8 * index).toString(16)}:00`,
    netdevNames: [`ens${index}f0`, `ens${index}f1`],
  }));
  const machine = new SimulatedMachine(parseHostId('bench'), new VirtualClock(), slots);
  const desired: DesiredHost = {
    releases: [],
    evict: [],
    reloadDriver: false,
    pfs: machine.pfs.map((pf, pfIndex) => ({
      pf: pf.address,
      numVfs: VFS,
      moduleOption: null,
      eswitchMode: null,
      adminUp: true,
      mtu: null,
      localMacs: [],
      vfs: Array.from({ length: VFS }, (_, vfIndex) => ({
        kind: 'attached' as const,
        vfIndex,
        attachmentId: parseAttachmentId(`a-${pfIndex}-${vfIndex}`),
        driver: 'vfio-pci' as const,
        mtu: null,
        settings: {
          adminMac: `52:54:00:00:0${pfIndex}:${vfIndex.toString(16).padStart(2, '0')}` as MacAddress,
          vlan: parseVlan(100 + vfIndex),
          spoofCheck: true,
          trust: false,
          linkState: 'enable' as const,
          minTxRateMbps: null,
          maxTxRateMbps: null,
        },
      })),
    })),
  };
  return { machine, desired };
}

async function applied(machine: SimulatedMachine, desired: DesiredHost): Promise<ObservedHost> {
  const host = new SimulatedHost(machine);
  const owners = new Map<string, ReturnType<typeof parseAttachmentId>>();
  for (const step of plan(desired, observeMachine(machine)).steps) {
    if (step.kind === 'claim-vf') owners.set(`${step.pf}/${step.vfIndex}`, step.attachmentId);
    else if (!isJournalStep(step)) await host.apply(step);
  }
  const observed = observeMachine(machine);
  const pfs = observed.pfs.map((pf) => ({
    ...pf,
    vfs: pf.vfs.map((vf) => ({ ...vf, attachmentId: owners.get(`${pf.pciAddress}/${vf.vfIndex}`) ?? null })),
  }));
  return { ...observed, pfs };
}

const benchmark: Benchmark = {
  name: `plan of a host with ${PFS} PFs x ${VFS} VFs`,
  async run(): Promise<readonly Row[]> {
    const { machine, desired } = emptyHost();
    const empty = observeMachine(machine);
    const { steps } = plan(desired, empty);
    const { median: fromNothing } = await measure(() => plan(desired, empty));
    const full = await applied(machine, desired);
    if (plan(desired, full).steps.length > 0) throw new Error('the host is not as wanted');
    const { median: unchanged } = await measure(() => plan(desired, full));
    return [
      {
        name: `from nothing (${steps.length} steps)`,
        figure: fromNothing,
        unit: 'ms',
        aim: { text: '< 5', holds: fromNothing < 5 },
      },
      { name: 'nothing changed', figure: unchanged, unit: 'ms', aim: { text: '< 1', holds: unchanged < 1 } },
    ];
  },
};

export default benchmark;
