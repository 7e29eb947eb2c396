import {
  blastRadiusOf,
  type DesiredHost,
  type DesiredPf,
  getPf,
  type ObservedHost,
  parsePciAddress,
  type Plan,
  plan,
  SriovError,
} from '@virtfn/model';
import type { PlanRequestDocument } from '../v1/index.ts';

/**
 * Plans numbers of VFs. Who holds a VF keeps it unless `evict` names the holder; a PF whose number cannot be had is
 * left as it is.
 *
 * @throws {SriovError} PCI_ADDRESS_INVALID, PF_UNKNOWN, NUM_VFS_INVALID, MTU_INVALID
 */
export function planOfRequest(request: PlanRequestDocument, observed: ObservedHost): Plan {
  const pfs = request.pfs.map((asked): DesiredPf => {
    const pf = getPf(observed, parsePciAddress(asked.pf));
    if (asked.mtu !== undefined && (asked.mtu < 68 || asked.mtu > 9710)) {
      throw new SriovError(
        'MTU_INVALID',
        `Cannot set MTU ${asked.mtu} on PF ${pf.pciAddress}: it is not from 68 to 9710`,
      );
    }
    return {
      pf: pf.pciAddress,
      numVfs: asked.numVfs,
      moduleOption: null,
      eswitchMode: asked.eswitchMode ?? null,
      adminUp: false,
      mtu: asked.mtu ?? null,
      localMacs: null,
      // VFs that stay are not this request's business.
      vfs: asked.numVfs === pf.numVfs ? pf.vfs.map(({ vfIndex }) => ({ kind: 'unmanaged', vfIndex })) : [],
    };
  });
  const desired: DesiredHost = { pfs, releases: [], evict: request.evict ?? [], reloadDriver: false };
  const whole = plan(desired, observed);
  const refused = new Set(
    whole.refusals.filter((refusal) => refusal.vfIndex === null).map((refusal) => refusal.pf),
  );
  const steps = whole.steps.filter((step) => !refused.has(step.pf));
  return { steps, refusals: whole.refusals, blastRadius: blastRadiusOf(steps, observed) };
}
