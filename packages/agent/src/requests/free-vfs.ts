import type { AttachRequest } from '@virtfn/contract/host-program';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import {
  type ConfiguredHost,
  describeVfUser,
  type DesiredPf,
  getPf,
  getPfByName,
  type ObservedHost,
  type PciAddress,
  type PhysicalNetwork,
  SriovError,
  type VirtualFunction,
} from '@virtfn/model';
import type { PortWish } from '../ports/index.ts';

/** A VF that nobody has; `vfIndex` null: the PF itself. */
export interface FreeVf {
  readonly pf: PciAddress;
  readonly vfIndex: number | null;
}

interface Scene {
  readonly configured: ConfiguredHost;
  /** With the owners of the journal. */
  readonly observed: ObservedHost;
  readonly wish: PortWish;
}

/** The ports of the controller, as far as they are known here. */
export function fleetPortsOf({ fleet }: PortWish): readonly DesiredPort[] {
  return fleet.kind === 'known' ? fleet.kept.ports : [];
}

/**
 * One free VF of each PF that could serve the request: of the PF with most free VFs first, so that load is spread.
 *
 * @throws {SriovError} NO_FREE_VF saying why each PF refuses, PF_UNKNOWN
 */
export function freeVfs(
  request: AttachRequest,
  physicalNetwork: PhysicalNetwork,
  scene: Scene,
): readonly FreeVf[] {
  const asked = request.pf === null ? null : getPfByName(scene.observed, request.pf).pciAddress;
  const pfs = scene.configured.desired.pfs.filter(({ pf }) => asked === null || pf === asked);
  const reasons: string[] = [];
  const found: { readonly pf: PciAddress; readonly free: readonly (number | null)[] }[] = [];
  for (const pf of pfs) {
    const refuse = (why: string): void => void reasons.push(`PF ${pf.pf}: ${why}`);
    const joined = scene.configured.physicalNetworks.get(pf.pf) ?? [];
    if (!joined.includes(physicalNetwork)) {
      refuse(`is joined to ${joined.length === 0 ? 'no network' : joined.join(', ')}`);
      continue;
    }
    if (request.kind === 'direct-physical') {
      found.push({ pf: pf.pf, free: [null] });
      continue;
    }
    const all = getPf(scene.observed, pf.pf).vfs;
    const wanted = all.filter(({ vfIndex }) => request.vfIndex === null || vfIndex === request.vfIndex);
    const taken = wanted.map((vf) => ({ vf, why: whyTaken(vf, pf, scene) }));
    const free = taken.filter(({ why }) => why === null).map(({ vf }) => vf.vfIndex);
    if (free.length > 0) found.push({ pf: pf.pf, free });
    else if (all.length === 0)
      refuse(
        pf.numVfs === 0
          ? 'has no VFs'
          : `has none of the ${pf.numVfs} VFs of host.yaml yet: \`virtfn apply\` makes them`,
      );
    else if (wanted.length === 0) refuse(`has VFs 0 to ${all.length - 1}`);
    else if (request.vfIndex !== null) refuse(`VF ${request.vfIndex} ${taken[0]?.why}`);
    else refuse(`all ${all.length} VFs are taken`);
  }
  if (found.length === 0) throw noFreeVf(physicalNetwork, asked, reasons);
  return found
    .toSorted((a, b) => b.free.length - a.free.length)
    .map(({ pf, free }) => ({ pf, vfIndex: free[0] ?? null }));
}

/** Why nobody gets a VF now; null: it is free. */
function whyTaken(vf: VirtualFunction, pf: DesiredPf, { wish }: Scene): string | null {
  const { vfIndex } = vf;
  if (vfIndex >= pf.numVfs) return 'goes when host.yaml is applied';
  const kept = pf.vfs.find((each) => each.vfIndex === vfIndex);
  if (kept !== undefined) return 'is kept by host.yaml';
  const own = wish.own.flatMap((each) => (each.kind === 'vf' ? [each.port] : []));
  const port = [...own, ...fleetPortsOf(wish)].find((each) => each.pf === pf.pf && each.vfIndex === vfIndex);
  if (port !== undefined) return `belongs to port ${port.portId}`;
  if (vf.attachmentId !== null) return `belongs to attachment ${vf.attachmentId}`;
  const [user] = vf.users;
  return user === undefined ? null : `is used by ${describeVfUser(user)}`;
}

function noFreeVf(
  physicalNetwork: PhysicalNetwork,
  asked: PciAddress | null,
  reasons: readonly string[],
): SriovError {
  const none = asked === null ? 'host.yaml lists no PF' : `host.yaml does not list PF ${asked}`;
  return new SriovError(
    'NO_FREE_VF',
    `Cannot find a VF for physical network ${physicalNetwork}: ${reasons.length === 0 ? none : reasons.join('; ')}`,
    { details: { physicalNetwork, reasons } },
  );
}
