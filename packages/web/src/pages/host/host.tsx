import { useSearchParams } from 'wouter-preact';
import type { Fleet, HostDetail } from '../../fleet/index.ts';
import { Age, Empty, Loading, Problem } from '../../look/index.ts';
import { FindingList } from './finding-list.tsx';
import { ChosenVf } from './chosen-vf.tsx';
import { PfRow } from './pf-row.tsx';
import { VfLegend } from './vf-glyph.tsx';

/** One host. Which VF is looked at stands in the address: `?vf=PF/INDEX`. */
export function Host({ fleet, hostId }: { readonly fleet: Fleet; readonly hostId: string }) {
  const detail = fleet.host(hostId).value;
  if (detail === null) return <Loading what={`host ${hostId}`} />;
  if (detail instanceof Error) return <Problem error={detail} />;
  const isAlive = fleet.hosts.value.get(hostId)?.isAlive ?? false;
  return <KnownHost client={fleet.client} detail={detail} isAlive={isAlive} />;
}

interface KnownHostProps {
  readonly client: Fleet['client'];
  readonly detail: HostDetail;
  readonly isAlive: boolean;
}

function KnownHost({ client, detail, isAlive }: KnownHostProps) {
  const [search, setSearch] = useSearchParams();
  const { document, attachments } = detail;
  const { hostId, simulated, reportedAt, pfs, findings } = document;
  const chosen = chosenOf(search.get('vf'), detail);
  return (
    <>
      <h1>
        {hostId} {simulated ? <span class="quiet">(simulated)</span> : null}
      </h1>
      {isAlive ? null : (
        <p class="bad" role="alert">
          ▲ The agent of this host is gone. What you see is what it said last, <Age at={reportedAt} />: its
          VFs and machines go on, and nothing of it can be changed from here.
        </p>
      )}
      <section class="panel" aria-labelledby="cards">
        <h2 id="cards">Cards</h2>
        <VfLegend />
        {pfs.length === 0 ? (
          <Empty>
            This host has no SR-IOV card that its agent can see. `virtfn doctor` on the host says why.
          </Empty>
        ) : null}
        {pfs.map((pf) => (
          <PfRow
            key={pf.pciAddress}
            client={client}
            hostId={hostId}
            pf={pf}
            physicalNetworks={document.physicalNetworks[pf.pciAddress] ?? []}
            attachments={attachments}
            isAlive={isAlive}
            chosen={chosen?.pf.pciAddress === pf.pciAddress ? chosen.vf.vfIndex : null}
            onChoose={(vfIndex) => setSearch({ vf: `${pf.pciAddress}/${vfIndex}` }, { replace: true })}
          />
        ))}
      </section>
      {chosen === null ? null : <ChosenVf hostId={hostId} isAlive={isAlive} {...chosen} />}
      <section class="panel" aria-labelledby="findings">
        <h2 id="findings">Findings</h2>
        <FindingList findings={findings} />
      </section>
    </>
  );
}

/** The VF that the address names, if it is there. */
function chosenOf(named: string | null, { document, attachments }: HostDetail) {
  const [address, index] = named?.split('/') ?? [];
  const pf = document.pfs.find(({ pciAddress }) => pciAddress === address);
  const vf = pf?.vfs.find(({ vfIndex }) => String(vfIndex) === index);
  if (pf === undefined || vf === undefined) return null;
  const attachment = attachments.find((each) => each.pf === pf.pciAddress && each.vfIndex === vf.vfIndex);
  return { pf, vf, attachment };
}
