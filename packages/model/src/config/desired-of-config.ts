import type { DesiredHost, DesiredPf, DesiredVf } from '../desired/index.ts';
import { SriovError } from '../errors/index.ts';
import type { ObservedHost, PhysicalFunction } from '../inventory/index.ts';
import { type AttachmentId, type PhysicalNetwork, parseAttachmentId } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';
import type { BridgeConfig, HostConfig, PfConfig, PfMatch } from './host-config.ts';

/** What a configuration comes to on one machine. */
export interface ConfiguredHost {
  readonly desired: DesiredHost;
  readonly physicalNetworks: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]>;
  readonly bridges: readonly BridgeConfig[];
  /** Where libvirt takes machines that come to this host. */
  readonly migrationUri: string;
}

const CONFIGURED_PREFIX = 'host.';
const OWN_PREFIX = 'own-';

/** Whether an attachment is the host's own, by its configuration. */
export function isConfiguredAttachment(attachmentId: string): boolean {
  return attachmentId.startsWith(CONFIGURED_PREFIX);
}

/** Whether an attachment is the host's own, by its configuration or by a request of its owner; all others are a controller's. */
export function isOwnAttachment(attachmentId: string): boolean {
  return isConfiguredAttachment(attachmentId) || attachmentId.startsWith(OWN_PREFIX);
}

/** Names what the owner of a host attaches there. @param unique letters, digits and dashes */
export function ownAttachmentId(unique: string): AttachmentId {
  return parseAttachmentId(`${OWN_PREFIX}${unique}`);
}

/** Whether an entry of the configuration means a PF. */
export function isPfMatch(match: PfMatch, pf: PhysicalFunction): boolean {
  return (Object.keys(match) as (keyof PfMatch)[]).every(
    (fact) => match[fact] === null || match[fact] === pf[fact],
  );
}

/** Says which PFs are meant, as the operator wrote it. */
export function describePfMatch(match: PfMatch): string {
  const facts = Object.entries(match).filter(([, value]) => value !== null);
  return facts.map(([fact, value]) => `${fact} ${String(value)}`).join(' and ');
}

/**
 * Finds the PFs that a configuration means and what it wants of them. An entry may mean several PFs (all ports of a
 * card, all cards of a driver); an entry that means none is an error, because a card that has moved or failed must not
 * pass unnoticed.
 *
 * @throws {SriovError} PF_UNKNOWN, DESIRED_CONFLICT
 */
export function desiredOfConfig(config: HostConfig, observed: ObservedHost): ConfiguredHost {
  const { missing, ...configured } = desiredOfConfigAsFarAsKnown(config, observed);
  const [first] = missing;
  if (first !== undefined) throw first;
  return configured;
}

/**
 * The same for whoever keeps a host over time: an entry that means no PF now is told, and the others hold (invariant 7).
 *
 * @throws {SriovError} DESIRED_CONFLICT
 */
export function desiredOfConfigAsFarAsKnown(
  config: HostConfig,
  observed: ObservedHost,
): ConfiguredHost & { readonly missing: readonly SriovError[] } {
  const pfs = new Map<PciAddress, DesiredPf>();
  const physicalNetworks = new Map<PciAddress, readonly PhysicalNetwork[]>();
  const missing: SriovError[] = [];
  for (const entry of config.pfs) {
    const meant = observed.pfs.filter((pf) => isPfMatch(entry.match, pf));
    if (meant.length === 0) missing.push(unknownPf(entry.match, observed));
    for (const pf of meant) {
      if (pfs.has(pf.pciAddress)) {
        throw new SriovError(
          'DESIRED_CONFLICT',
          `Cannot configure PF ${pf.pciAddress}: two entries mean it, one of them by ${describePfMatch(entry.match)}`,
        );
      }
      pfs.set(pf.pciAddress, desiredOfEntry(entry, pf));
      physicalNetworks.set(pf.pciAddress, entry.physicalNetworks);
    }
  }
  return {
    desired: { pfs: [...pfs.values()], releases: [], evict: [], reloadDriver: false },
    physicalNetworks,
    bridges: config.bridges,
    migrationUri: config.migrationUri ?? `qemu+tls://${observed.hostId}/system`,
    missing,
  };
}

function unknownPf(match: PfMatch, observed: ObservedHost): SriovError {
  const what = describePfMatch(match);
  const known = observed.pfs.map((pf) => pf.pciAddress);
  return new SriovError(
    'PF_UNKNOWN',
    `Cannot find the PF with ${what}: host ${observed.hostId} has ${known.length === 0 ? 'no PFs' : `PFs ${known.join(', ')}`}`,
    { details: { match: what, known } },
  );
}

function desiredOfEntry(entry: PfConfig, pf: PhysicalFunction): DesiredPf {
  const reserved = entry.reservedVfs.map((vfIndex): DesiredVf => ({ kind: 'unmanaged', vfIndex }));
  const used = entry.vfs.map(
    ({ vfIndex, driver, mtu, settings }): DesiredVf => ({
      kind: 'attached',
      vfIndex,
      // The same VF by the same file is the same attachment, after every restart.
      attachmentId: parseAttachmentId(`${CONFIGURED_PREFIX}${pf.pciAddress.replaceAll(':', '-')}.${vfIndex}`),
      driver,
      mtu,
      settings,
    }),
  );
  const { numVfs, moduleOption, eswitchMode, adminUp, mtu, localMacs } = entry;
  const vfs = [...reserved, ...used];
  return { pf: pf.pciAddress, numVfs, moduleOption, eswitchMode, adminUp, mtu, localMacs, vfs };
}
