import {
  type DesiredHost,
  type DesiredPf,
  type DesiredVf,
  type DriverCapability,
  effectiveCapability,
  type MacAddress,
  maxVfsOf,
  parseAttachmentId,
  parseMacAddress,
  parseVlan,
  type PhysicalFunction,
} from '@virtfn/model';
import { observeMachine, type SimulatedMachine } from '../machine/index.ts';

const chance = (random: () => number, share: number): boolean => random() < share;
const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

/** What may be on a bridge over a PF: as many as every card has room for, and none that a VF gets. */
const LOCAL_MACS = [0, 1, 2].map((number) => parseMacAddress(`52:54:00:ff:00:0${number}`));

function randomVf(
  pf: PhysicalFunction,
  capability: DriverCapability,
  vfIndex: number,
  generation: number,
  random: () => number,
): DesiredVf | null {
  if (chance(random, 0.4)) return null;
  const has = (attribute: keyof DriverCapability['attributes']): boolean =>
    capability.attributes[attribute] === 'yes';
  // Two ids for each VF in turn: sometimes the same attachment stays, sometimes another one follows it.
  const attachmentId = parseAttachmentId(
    `a-${pf.pciAddress.slice(5).replaceAll(/[:.]/g, '')}-${vfIndex}-${generation % 2}`,
  );
  const max =
    has('maxTxRateMbps') && chance(random, 0.4) ? capability.rates.smallestMbps + below(random, 500) : null;
  const min =
    has('minTxRateMbps') && max !== null && chance(random, 0.5) ? Math.max(1, below(random, max)) : null;
  return {
    kind: 'attached',
    vfIndex,
    attachmentId,
    driver: chance(random, 0.5) ? 'kernel' : 'vfio-pci',
    mtu: chance(random, 0.2) ? 1400 : null,
    settings: {
      adminMac:
        `52:54:00:00:${generation.toString(16).padStart(2, '0').slice(-2)}:${vfIndex.toString(16).padStart(2, '0')}` as MacAddress,
      vlan: has('vlan') && chance(random, 0.6) ? parseVlan(100 + below(random, 20), below(random, 8)) : null,
      spoofCheck: has('spoofCheck') && chance(random, 0.8),
      trust: has('trust') && chance(random, 0.3),
      linkState: has('linkState') && chance(random, 0.5) ? 'enable' : 'auto',
      minTxRateMbps: min,
      maxTxRateMbps: max,
    },
  };
}

function randomPf(pf: PhysicalFunction, generation: number, random: () => number): DesiredPf {
  const numVfs = below(random, Math.min(5, maxVfsOf(pf)) + 1);
  // Always said, so that what the driver can do does not hang on the states before.
  const eswitchMode = pf.eswitchMode === null ? null : chance(random, 0.3) ? 'switchdev' : 'legacy';
  const capability = effectiveCapability(pf, eswitchMode);
  const vfs = Array.from({ length: numVfs }, (_, vfIndex) =>
    randomVf(pf, capability, vfIndex, generation, random),
  );
  return {
    pf: pf.pciAddress,
    numVfs,
    moduleOption: null,
    eswitchMode,
    adminUp: true,
    mtu: chance(random, 0.2) ? 9000 : null,
    localMacs: LOCAL_MACS.filter(() => chance(random, 0.4)),
    vfs: vfs.filter((vf) => vf !== null),
  };
}

/**
 * Draws a desired state that the machine can have in full. Those who would lose a VF by it are named in `evict`, so
 * that only faults and users stand in its way.
 */
export function randomDesired(
  machine: SimulatedMachine,
  generation: number,
  random: () => number,
): DesiredHost {
  const pfs = observeMachine(machine)
    .pfs.filter(() => chance(random, 0.8))
    .map((pf) => randomPf(pf, generation, random));
  const evict = machine.pfs.flatMap((pf) =>
    Array.from({ length: 8 }, (_, vfIndex) =>
      [0, 1].map((turn) => `attachment a-${pf.address.slice(5).replaceAll(/[:.]/g, '')}-${vfIndex}-${turn}`),
    ).flat(),
  );
  return { pfs, releases: [], evict, reloadDriver: false };
}
