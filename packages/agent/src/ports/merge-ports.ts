import type { DesiredPort, KeptDesired, LocalPort, OwnPort } from '@virtfn/contract/agent-link';
import {
  type AttachmentId,
  type ConfiguredHost,
  type DesiredHost,
  type DesiredPf,
  type DesiredVf,
  isOwnAttachment,
  type ObservedHost,
  SriovError,
  type WantedInterface,
} from '@virtfn/model';
import { wantedInterfaces } from '../domains/wanted-interfaces.ts';
import type { Claim } from '../journal/index.ts';
import type { FilterWish } from '../filters/index.ts';
import { attachedVfOfPort } from './attached-vf.ts';
import { checkWholePf } from './check-whole-pf.ts';
import type { FleetWish } from './fleet-wish.ts';

/** host.yaml with the ports of controller and owner in it. */
export interface MergedHost {
  readonly desired: DesiredHost;
  /** Ports that cannot be had, with the reason; their neighbours are served all the same (invariant 7). */
  readonly failed: ReadonlyMap<AttachmentId, SriovError>;
  /**
   * Attachments that keep the VF they have: the controller was not heard yet, or host.yaml no longer allows the port. To
   * take a VF away from a port, somebody must say so by name (invariant 2).
   */
  readonly spared: ReadonlySet<AttachmentId>;
  readonly physicalNetworks: ConfiguredHost['physicalNetworks'];
  readonly bridges: ConfiguredHost['bridges'];
  readonly migrationUri: string;
  /** What may pass ports whose packets this host filters. */
  readonly filters: readonly FilterWish[];
  /** What shall be plugged into virtual machines. */
  readonly interfaces: readonly WantedInterface[];
  /** Whether some machine may have something of ours at all: else nobody has to be asked. */
  readonly mayBePlugged: boolean;
  /** Whether an attachment that is not among them may be taken out of a machine: all of its kind are known. */
  readonly mayUnplug: (attachmentId: AttachmentId) => boolean;
}

/** What ports are asked for, and by whom. */
export interface PortWish {
  readonly fleet: FleetWish;
  readonly own: readonly OwnPort[];
}

/**
 * Adds ports to what host.yaml wants: host.yaml decides over PFs, their number of VFs and the VFs that it keeps; ports
 * take VFs that are left, the owner's first. Pure.
 */
export function mergePorts(
  configured: ConfiguredHost,
  { fleet, own }: PortWish,
  claims: readonly Claim[],
  observed: ObservedHost,
): MergedHost {
  const vfPorts = own.filter((each) => each.kind === 'vf');
  const normalPorts = own.filter((each) => each.kind === 'normal').map(({ port }) => port);
  const idOf = ({ port }: OwnPort): AttachmentId => port.attachmentId;
  const owners: OwnersPorts = {
    all: new Set(vfPorts.map(idOf)),
    cut: new Set(vfPorts.filter(({ leaving }) => leaving === 'cut').map(idOf)),
  };
  const kept = fleet.kind === 'known' ? fleet.kept : { ports: [], localPorts: [] };
  const ports = [...vfPorts.map(({ port }) => port), ...kept.ports];
  const local = [...normalPorts, ...kept.localPorts];
  const merged = addPorts(withLocalMacs(configured, local), ports, owners, observed);

  const leaving = new Set(own.filter((each) => each.leaving !== 'no').map(idOf));
  const staying = ({ attachmentId }: { readonly attachmentId: AttachmentId }): boolean =>
    !leaving.has(attachmentId) && !merged.failed.has(attachmentId);
  const { wanted, failed } = wantedInterfaces(
    ports.filter(staying),
    normalPorts.filter(staying),
    configured.bridges,
  );
  const whole: MergedHost = {
    ...merged,
    physicalNetworks: configured.physicalNetworks,
    bridges: configured.bridges,
    migrationUri: configured.migrationUri,
    failed: new Map([...merged.failed, ...failed]),
    filters: kept.ports.flatMap(filterOfPort).filter(({ attachmentId }) => !merged.failed.has(attachmentId)),
    interfaces: wanted,
    // Machines are looked at for what is in them, and for what may have been left in them by a port that is gone.
    mayBePlugged:
      own.length + wanted.length > 0 || (fleet.kind === 'known' && hasLeftover(fleet.kept, ports, claims)),
    // What cannot be plugged now was perhaps plugged before: it stays until somebody takes it away by name.
    mayUnplug: (attachmentId) =>
      !merged.failed.has(attachmentId) &&
      !failed.has(attachmentId) &&
      // Of the owner's only what he took away: one that nobody knows, because its list was lost, stays where it is.
      (isOwnAttachment(attachmentId) ? leaving.has(attachmentId) : fleet.kind === 'known'),
  };
  return fleet.kind === 'unknown' ? keepClaims(whole, claims) : whole;
}

function filterOfPort({ attachmentId, pf, vfIndex, filter }: DesiredPort): readonly FilterWish[] {
  if (filter === undefined || filter === null || vfIndex === null) return [];
  return [{ attachmentId, vf: { pf, vfIndex }, filter }];
}

/** Whether a VF was given for a port that is no longer wanted, or the controller waits to hear that a whole PF is free. */
function hasLeftover(
  { removed }: Pick<KeptDesired, 'removed'>,
  ports: readonly DesiredPort[],
  claims: readonly Claim[],
): boolean {
  if (removed.length > 0) return true;
  const wanted = new Set(ports.map(({ attachmentId }) => attachmentId));
  return claims.some(({ attachmentId }) => !isOwnAttachment(attachmentId) && !wanted.has(attachmentId));
}

/** VFs and forwarding entries that the controller may have asked for stay as they are until it says what it wants. */
function keepClaims(merged: MergedHost, claims: readonly Claim[]): MergedHost {
  const { desired } = merged;
  const foreign = claims.filter(({ attachmentId }) => !isOwnAttachment(attachmentId));
  const pfs = desired.pfs.map((pf): DesiredPf => {
    const spoken = new Set(pf.vfs.map(({ vfIndex }) => vfIndex));
    const kept = foreign
      .filter((claim) => claim.pf === pf.pf && claim.vfIndex < pf.numVfs && !spoken.has(claim.vfIndex))
      .map(({ vfIndex }): DesiredVf => ({ kind: 'unmanaged', vfIndex }));
    return { ...pf, localMacs: null, vfs: [...pf.vfs, ...kept] };
  });
  return {
    ...merged,
    desired: { ...desired, pfs },
    spared: new Set([...merged.spared, ...foreign.map(({ attachmentId }) => attachmentId)]),
  };
}

/** Has the VFs of each PF reach what is on the host and on the same wire. */
function withLocalMacs(
  configured: ConfiguredHost,
  localPorts: readonly Pick<LocalPort, 'mac' | 'physicalNetwork'>[],
): ConfiguredHost {
  const { desired, physicalNetworks } = configured;
  const pfs = desired.pfs.map((pf): DesiredPf => {
    const joined = physicalNetworks.get(pf.pf) ?? [];
    const local = localPorts.filter(({ physicalNetwork }) => joined.includes(physicalNetwork));
    return { ...pf, localMacs: [...new Set([...(pf.localMacs ?? []), ...local.map(({ mac }) => mac)])] };
  });
  return { ...configured, desired: { ...desired, pfs } };
}

/** Attachments that the owner of the host has asked for. */
interface OwnersPorts {
  readonly all: ReadonlySet<AttachmentId>;
  /** Those whose VF shall pass nothing any more, although a guest still has it. */
  readonly cut: ReadonlySet<AttachmentId>;
}

function addPorts(
  configured: ConfiguredHost,
  ports: readonly DesiredPort[],
  owners: OwnersPorts,
  observed: ObservedHost,
): Pick<MergedHost, 'desired' | 'failed' | 'spared'> {
  const { desired, physicalNetworks } = configured;
  const own = new Map(desired.pfs.map((pf) => [pf.pf, pf]));
  const observedPfs = new Map(observed.pfs.map((pf) => [pf.pciAddress, pf]));
  const given = new Map<string, DesiredVf[]>(desired.pfs.map((pf) => [pf.pf, []]));
  const givenAway = new Set<string>();
  const failed = new Map<AttachmentId, SriovError>();
  const seen = new Set<AttachmentId>();
  for (const port of ports) {
    try {
      checkAttachment(port, owners, seen);
      const pf = observedPfs.get(port.pf);
      if (port.vfIndex === null) {
        checkWholePf(port, own.get(port.pf), pf, physicalNetworks);
        givenAway.add(port.pf);
        continue;
      }
      const taken = given.get(port.pf) ?? [];
      const vf = attachedVfOfPort(port, { own: own.get(port.pf), pf, physicalNetworks, taken });
      const { vfIndex, attachmentId } = vf;
      taken.push(owners.cut.has(attachmentId) ? { kind: 'quarantined', vfIndex, attachmentId } : vf);
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
  owners: OwnersPorts,
  seen: Set<AttachmentId>,
): void {
  const refuse = (why: string): never => {
    throw new SriovError('DESIRED_CONFLICT', `Cannot serve port ${portId}: ${why}`, {
      details: { port: portId, attachment: attachmentId },
    });
  };
  if (isOwnAttachment(attachmentId) && !owners.all.has(attachmentId))
    refuse(`attachment ${attachmentId} has the name of one of the host's own`);
  if (seen.has(attachmentId)) refuse(`attachment ${attachmentId} is listed twice`);
  seen.add(attachmentId);
  if ((vfIndex === null) !== (vnicType === 'direct-physical'))
    refuse(`it is of kind ${vnicType} and names ${vfIndex === null ? 'no VF' : `VF ${vfIndex}`}`);
}
