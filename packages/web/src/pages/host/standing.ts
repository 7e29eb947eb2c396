import type { AttachmentDocument, HostDocument } from '@virtfn/contract';
import type { HostDetail } from '../../fleet/index.ts';
import { attachmentState, type VfState, vfState } from './vf-state.ts';

export type PfDocument = HostDocument['pfs'][number];
export type VfDocument = PfDocument['vfs'][number];

/** A VF, whose it is, and how it stands. */
export interface StandingVf {
  readonly vfIndex: number;
  readonly pciAddress: string;
  /** null: its host does not show it, and a port has it all the same. */
  readonly vf: VfDocument | null;
  readonly attachment: AttachmentDocument | undefined;
  readonly state: VfState;
}

/** A PF with all that is known of it. */
export interface StandingPf {
  readonly pciAddress: string;
  /** null: its host does not show it, and ports have it or VFs of it all the same. */
  readonly pf: PfDocument | null;
  /** Ports that have the whole PF. */
  readonly whole: readonly AttachmentDocument[];
  readonly vfs: readonly StandingVf[];
}

/** All PFs of a host, in its own order; behind them those that only ports know of. Pure. */
export function standingOf({ document, attachments }: HostDetail, isAlive: boolean): readonly StandingPf[] {
  const quarantined = new Set(document.quarantined);
  const byPf = Map.groupBy(attachments, ({ pf }) => pf);
  const shown = document.pfs.map((pf) =>
    standingPf(pf.pciAddress, pf, byPf.get(pf.pciAddress) ?? [], quarantined, isAlive),
  );
  const known = new Set(document.pfs.map(({ pciAddress }) => pciAddress));
  const others = [...byPf].filter(([pciAddress]) => !known.has(pciAddress));
  return [
    ...shown,
    ...others.map(([pciAddress, own]) => standingPf(pciAddress, null, own, quarantined, isAlive)),
  ];
}

function standingPf(
  pciAddress: string,
  pf: PfDocument | null,
  attachments: readonly AttachmentDocument[],
  quarantined: ReadonlySet<string>,
  isAlive: boolean,
): StandingPf {
  const byIndex = new Map(attachments.map((each) => [each.vfIndex, each]));
  const shown = (pf?.vfs ?? []).map((vf): StandingVf => {
    const attachment = byIndex.get(vf.vfIndex);
    const state = vfState(vf, attachment, isAlive, quarantined);
    return { vfIndex: vf.vfIndex, pciAddress: vf.pciAddress, vf, attachment, state };
  });
  const known = new Set(shown.map(({ vfIndex }) => vfIndex));
  const missing = attachments.flatMap((attachment): readonly StandingVf[] => {
    const { vfIndex } = attachment;
    if (vfIndex === null || known.has(vfIndex)) return [];
    const state = missingState(attachment);
    return [{ vfIndex, pciAddress: attachment.pciAddress, vf: null, attachment, state }];
  });
  return {
    pciAddress,
    pf,
    whole: attachments.filter(({ vfIndex }) => vfIndex === null),
    vfs: missing.length === 0 ? shown : [...shown, ...missing].toSorted((a, b) => a.vfIndex - b.vfIndex),
  };
}

/** Nothing can be set up that is not there. */
function missingState(attachment: AttachmentDocument): VfState {
  const state = attachmentState(attachment);
  return state.name === 'in use' ? { name: 'failed', words: 'A port has it, and it is not there' } : state;
}
