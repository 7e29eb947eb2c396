import { useMemo } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { Fleet, HostDetail, Viewer } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { pfPath } from '../../paths/index.ts';
import { AgentNotice } from './agent-notice.tsx';
import { ChosenVf } from './chosen-vf.tsx';
import { DriftSection } from './drift-section.tsx';
import { FindingList } from './finding-list.tsx';
import { PfRow } from './pf-row.tsx';
import { RemoveHost } from './remove-host.tsx';
import { standingOf } from './standing.ts';
import { Summary } from './summary.tsx';
import { ChosenMachine, Picture } from './topology/index.ts';

/** One host. What of it is looked at stands in the address: `?vf=PF/INDEX`, `?vm=UUID`. */
export function Host({ fleet, hostId }: { readonly fleet: Fleet; readonly hostId: string }) {
  const detail = fleet.host(hostId).value;
  if (detail instanceof Error) return <Problem error={detail} />;
  // Before the list of hosts is there, nobody knows whether its agent is.
  if (detail === null || fleet.link.value.kind === 'connecting') return <Loading what={`host ${hostId}`} />;
  const { isAlive = false, lostAt = null } = fleet.hosts.value.get(hostId) ?? {};
  return (
    <KnownHost
      key={hostId}
      client={fleet.client}
      detail={detail}
      isAlive={isAlive}
      lostAt={lostAt}
      viewer={fleet.viewer.value}
    />
  );
}

interface KnownHostProps {
  readonly client: Fleet['client'];
  readonly detail: HostDetail;
  readonly isAlive: boolean;
  readonly lostAt: string | null;
  readonly viewer: Viewer | null;
}

function KnownHost({ client, detail, isAlive, lostAt, viewer }: KnownHostProps) {
  const isAlone = viewer === 'owner';
  const [search, setSearch] = useSearchParams();
  const { hostId, simulated, reportedAt, findings, machines, drift, physicalNetworks } = detail.document;
  const pfs = useMemo(() => standingOf(detail, isAlive), [detail, isAlive]);
  const chosen = { vf: search.get('vf'), machine: search.get('vm') };
  const [chosenPf, chosenIndex] = chosen.vf?.split('/') ?? [];
  const pfOfChosen = pfs.find(({ pciAddress }) => pciAddress === chosenPf);
  const standing = pfOfChosen?.vfs.find(({ vfIndex }) => String(vfIndex) === chosenIndex);
  return (
    <>
      <div class="page-head">
        <h1>
          {hostId} {simulated ? <span class="quiet">(simulated)</span> : null}
        </h1>
        {viewer === 'administrator' && (!isAlive || lostAt !== null) ? (
          <RemoveHost client={client} hostId={hostId} />
        ) : null}
      </div>
      <AgentNotice isAlive={isAlive} lostAt={lostAt} reportedAt={reportedAt} />
      <Summary pfs={pfs} isAlive={isAlive} findings={findings.length} drift={drift} />
      <div class="beside">
        <div>
          <section class="panel" aria-labelledby="topology">
            <h2 id="topology">The way to its machines</h2>
            <a class="skip" href="#cards">
              Skip the picture
            </a>
            <Picture hostId={hostId} isAlive={isAlive} pfs={pfs} machines={machines} chosen={chosen} />
          </section>
          <section class="panel" aria-labelledby="cards">
            <h2 id="cards" tabIndex={-1}>
              Cards
            </h2>
            {pfs.length === 0 ? (
              <Empty>
                This host has no SR-IOV card that its agent can see. `virtfn doctor` on the host says why.
              </Empty>
            ) : null}
            {pfs.map(({ pf, vfs }) =>
              pf === null ? null : (
                <PfRow
                  key={pf.pciAddress}
                  client={client}
                  hostId={hostId}
                  pf={pf}
                  href={pfPath(hostId, pf.pciAddress)}
                  physicalNetworks={physicalNetworks[pf.pciAddress] ?? []}
                  vfs={vfs}
                  isAlive={isAlive}
                  mayApply={viewer === 'administrator'}
                  chosen={chosenPf === pf.pciAddress ? (standing?.vfIndex ?? null) : null}
                  onChoose={(vfIndex) => setSearch({ vf: `${pf.pciAddress}/${vfIndex}` }, { replace: true })}
                />
              ),
            )}
          </section>
          {drift === undefined ? null : <DriftSection drift={drift} isAlive={isAlive} />}
        </div>
        <div>
          {pfOfChosen === undefined || standing === undefined ? null : (
            <ChosenVf hostId={hostId} pf={pfOfChosen} standing={standing} isAlone={isAlone} />
          )}
          {chosen.machine === null ? null : (
            <ChosenMachine
              hostId={hostId}
              pfs={pfs}
              machines={machines}
              chosen={chosen.machine}
              isAlone={isAlone}
            />
          )}
          <section class="panel" aria-labelledby="findings">
            <h2 id="findings">Findings</h2>
            <FindingList findings={findings} />
          </section>
        </div>
      </div>
    </>
  );
}
