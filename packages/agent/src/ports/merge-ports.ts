import type { DesiredPort, LocalPort } from '@virtfn/contract/agent-link';
import {
  type AttachmentId,
  type ConfiguredHost,
  type DesiredHost,
  type DesiredPf,
  type DesiredVf,
  isOwnAttachment,
  type ObservedHost,
  SriovError,
} from '@virtfn/model';
import type { Claim } from '../journal/index.ts';
import { attachedVfOfPort } from './attached-vf.ts';
import { checkWholePf } from './check-whole-pf.ts';
import type { FleetWish } from './fleet-wish.ts';

/** host.yaml with the controller's ports in it. */
export interface MergedHost {
  readonly desired: DesiredHost;
  /** Ports that cannot be had, with the reason; their neighbours are served all the same (invariant 7). */
  readonly failed: ReadonlyMap<AttachmentId, SriovError>;
  /**
   * Attachments that keep the VF they have: the controller was not heard yet, or host.yaml no longer allows the port. To
   * take a VF away from a port, somebody must say so by name (invariant 2).
   */
  readonly spared: ReadonlySet<AttachmentId>;
}

/**
 * Adds the controller's ports to what host.yaml wants: host.yaml decides over PFs, their number of VFs and the VFs that
 * it keeps; ports take VFs that are left. Pure.
 */
export function mergePorts(
  configured: ConfiguredHost,
  wish: FleetWish,
  claims: readonly Claim[],
  observed: ObservedHost,
): MergedHost {
  switch (wish.kind) {
    case 'no-fleet':
      return { desired: configured.desired, failed: new Map(), spared: new Set() };
    case 'unknown':
      return keepClaims(configured.desired, claims);
    case 'known':
      return addPorts(withLocalMacs(configured, wish.kept.localPorts), wish.kept.ports, observed);
  }
}

/** VFs and forwarding entries that the controller may have asked for stay as they are until it says what it wants. */
function keepClaims(desired: DesiredHost, claims: readonly Claim[]): MergedHost {
  const foreign = claims.filter(({ attachmentId }) => !isOwnAttachment(attachmentId));
  const pfs = desired.pfs.map((pf): DesiredPf => {
    const spoken = new Set(pf.vfs.map(({ vfIndex }) => vfIndex));
    const kept = foreign
      .filter((claim) => claim.pf === pf.pf && claim.vfIndex < pf.numVfs && !spoken.has(claim.vfIndex))
      .map(({ vfIndex }): DesiredVf => ({ kind: 'unmanaged', vfIndex }));
    return { ...pf, localMacs: null, vfs: [...pf.vfs, ...kept] };
  });
  return {
    desired: { ...desired, pfs },
    failed: new Map(),
    spared: new Set(foreign.map(({ attachmentId }) => attachmentId)),
  };
}

/** Has the VFs of each PF reach what is on the host and on the same wire. */
function withLocalMacs(configured: ConfiguredHost, localPorts: readonly LocalPort[]): ConfiguredHost {
  const { desired, physicalNetworks } = configured;
  const pfs = desired.pfs.map((pf): DesiredPf => {
    const joined = physicalNetworks.get(pf.pf) ?? [];
    const local = localPorts.filter(({ physicalNetwork }) => joined.includes(physicalNetwork));
    return { ...pf, localMacs: [...new Set([...(pf.localMacs ?? []), ...local.map(({ mac }) => mac)])] };
  });
  return { ...configured, desired: { ...desired, pfs } };
}

function addPorts(
  configured: ConfiguredHost,
  ports: readonly DesiredPort[],
  observed: ObservedHost,
): MergedHost {
  const { desired, physicalNetworks } = configured;
  const own = new Map(desired.pfs.map((pf) => [pf.pf, pf]));
  const observedPfs = new Map(observed.pfs.map((pf) => [pf.pciAddress, pf]));
  const given = new Map<string, DesiredVf[]>(desired.pfs.map((pf) => [pf.pf, []]));
  const givenAway = new Set<string>();
  const failed = new Map<AttachmentId, SriovError>();
  const seen = new Set<AttachmentId>();
  for (const port of ports) {
    try {
      checkAttachment(port, seen);
      const pf = observedPfs.get(port.pf);
      if (port.vfIndex === null) {
        checkWholePf(port, own.get(port.pf), pf, physicalNetworks);
        givenAway.add(port.pf);
        continue;
      }
      const taken = given.get(port.pf) ?? [];
      taken.push(attachedVfOfPort(port, { own: own.get(port.pf), pf, physicalNetworks, taken }));
    } catch (error) {
      if (!(error instanceof SriovError)) throw error;
      failed.set(port.attachmentId, error);
    }
  }
  const pfs = desired.pfs
    // Whoever has the PF may do with it what he likes.
    .filter((pf) => !givenAway.has(pf.pf))
    .map((pf): DesiredPf => ({ ...pf, vfs: [...pf.vfs, ...(given.get(pf.pf) ?? [])] }));
  return { desired: { ...desired, pfs }, failed, spared: new Set(failed.keys()) };
}

/** @throws {SriovError} DESIRED_CONFLICT */
function checkAttachment(
  { attachmentId, portId, vfIndex, vnicType }: DesiredPort,
  seen: Set<AttachmentId>,
): void {
  const refuse = (why: string): never => {
    throw new SriovError('DESIRED_CONFLICT', `Cannot serve port ${portId}: ${why}`, {
      details: { port: portId, attachment: attachmentId },
    });
  };
  if (isOwnAttachment(attachmentId))
    refuse(`attachment ${attachmentId} has the name of one of the host's own`);
  if (seen.has(attachmentId)) refuse(`attachment ${attachmentId} is listed twice`);
  seen.add(attachmentId);
  if ((vfIndex === null) !== (vnicType === 'direct-physical'))
    refuse(`it is of kind ${vnicType} and names ${vfIndex === null ? 'no VF' : `VF ${vfIndex}`}`);
}
