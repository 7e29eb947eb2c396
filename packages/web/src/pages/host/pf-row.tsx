import type { Client } from '@virtfn/contract';
import { Link } from 'wouter-preact';
import { PlanVfs } from './plan-vfs.tsx';
import { VfGrid, type VfSign } from './vf-grid.tsx';
import { pfLink } from './pf-link.ts';
import type { PfDocument, StandingVf } from './standing.ts';

interface PfRowProps {
  readonly client: Client;
  readonly hostId: string;
  readonly pf: PfDocument;
  /** Of its own page; null: this is it. */
  readonly href: string | null;
  readonly physicalNetworks: readonly string[];
  readonly vfs: readonly StandingVf[];
  readonly isAlive: boolean;
  /** Whether the one who looks may change hosts from here. */
  readonly mayApply: boolean;
  readonly chosen: number | null;
  readonly onChoose: (vfIndex: number) => void;
}

/** A PF: what it is, and a sign for each of its VFs. */
export function PfRow({
  client,
  hostId,
  pf,
  href,
  physicalNetworks,
  vfs,
  isAlive,
  mayApply,
  chosen,
  onChoose,
}: PfRowProps) {
  const signs = vfs.map(({ vfIndex, state, attachment }): VfSign => {
    const owner = attachment?.vm?.name ?? attachment?.portId ?? '';
    return { vfIndex, state, owner };
  });
  const name = pf.netdevName ?? pf.pciAddress;
  return (
    <article class="pf">
      <div>
        <h3>
          {href === null ? name : <Link href={href}>{name}</Link>} <code class="quiet">{pf.pciAddress}</code>
        </h3>
        <div>{pf.productName}</div>
        <div class="quiet">
          {pf.driver ?? 'no driver'} · {pfLink(pf, isAlive).words} ·{' '}
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
        {isAlive ? <PlanVfs client={client} hostId={hostId} pf={pf} mayApply={mayApply} /> : null}
      </div>
    </article>
  );
}
