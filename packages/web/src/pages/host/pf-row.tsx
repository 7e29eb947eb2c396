import type { AttachmentDocument, Client, HostDocument } from '@virtfn/contract';
import { PlanVfs } from './plan-vfs.tsx';
import { VfGrid, type VfSign } from './vf-grid.tsx';
import { vfState } from './vf-state.ts';

type PfDocument = HostDocument['pfs'][number];

interface PfRowProps {
  readonly client: Client;
  readonly hostId: string;
  readonly pf: PfDocument;
  readonly physicalNetworks: readonly string[];
  readonly attachments: readonly AttachmentDocument[];
  readonly isAlive: boolean;
  readonly chosen: number | null;
  readonly onChoose: (vfIndex: number) => void;
}

/** A PF: what it is, and a sign for each of its VFs. */
export function PfRow({
  client,
  hostId,
  pf,
  physicalNetworks,
  attachments,
  isAlive,
  chosen,
  onChoose,
}: PfRowProps) {
  const own = new Map(
    attachments.flatMap((each) =>
      each.pf === pf.pciAddress && each.vfIndex !== null ? [[each.vfIndex, each] as const] : [],
    ),
  );
  const signs = pf.vfs.map((vf): VfSign => {
    const attachment = own.get(vf.vfIndex);
    const owner = attachment?.vm?.name ?? attachment?.portId ?? '';
    return { vfIndex: vf.vfIndex, state: vfState(vf, attachment, isAlive), owner };
  });
  const name = pf.netdevName ?? pf.pciAddress;
  return (
    <article class="pf">
      <div>
        <h3>
          {name} <code class="quiet">{pf.pciAddress}</code>
        </h3>
        <div>{pf.productName}</div>
        <div class="quiet">
          {pf.driver ?? 'no driver'} · {linkWords(pf)} ·{' '}
          {physicalNetworks.length === 0 ? 'no physical network' : physicalNetworks.join(', ')}
        </div>
        <div class="quiet">
          {pf.numVfs} of {pf.totalVfs} VFs enabled
        </div>
      </div>
      <div>
        {signs.length === 0 ? (
          <p class="quiet">
            No VFs. <code>virtfn pf set-vfs {name} N</code> on the host enables some.
          </p>
        ) : (
          <VfGrid label={`VFs of ${name}`} signs={signs} chosen={chosen} onChoose={onChoose} />
        )}
        {isAlive ? <PlanVfs client={client} hostId={hostId} pf={pf} /> : null}
      </div>
    </article>
  );
}

function linkWords({ adminUp, carrier, linkMbps }: PfDocument): string {
  if (!adminUp) return 'down';
  if (!carrier) return 'no carrier';
  if (linkMbps === null) return 'up';
  return linkMbps >= 1000 ? `${linkMbps / 1000} Gbit/s` : `${linkMbps} Mbit/s`;
}
