import { useMemo } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { Fleet, HostDetail } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { hostPath } from '../../paths/index.ts';
import {
  AgentNotice,
  ChosenVf,
  type PfDocument,
  PfRow,
  type StandingPf,
  standingOf,
  VfLegend,
} from '../host/index.ts';
import { ShareTable } from './share-table.tsx';
import { sharesOf } from './shares.ts';
import { BandwidthSection, latestRates, useIsOld, useTraffic } from './traffic/index.ts';

interface PfProps {
  readonly fleet: Fleet;
  readonly hostId: string;
  /** PCI address. */
  readonly pf: string;
}

/** One PF. Which VF of it is looked at stands in the address: `?vf=INDEX`. */
export function Pf({ fleet, hostId, pf: pciAddress }: PfProps) {
  const detail = fleet.host(hostId).value;
  if (detail instanceof Error) return <Problem error={detail} />;
  if (detail === null || fleet.link.value.kind === 'connecting') return <Loading what={`host ${hostId}`} />;
  const { isAlive = false, lostAt = null } = fleet.hosts.value.get(hostId) ?? {};
  const standing = standingOf(detail, isAlive).find((each) => each.pciAddress === pciAddress);
  const pf = standing?.pf ?? null;
  return (
    <>
      <nav aria-label="Where this is" class="quiet">
        <Link href={hostPath(hostId)}>{hostId}</Link> /
      </nav>
      <h1>
        {pf?.netdevName ?? 'PF'} <code class="quiet">{pciAddress}</code>{' '}
        {detail.document.simulated ? <span class="quiet">(simulated)</span> : null}
      </h1>
      {standing === undefined || pf === null ? (
        <Empty>
          Host {hostId} has no PF {pciAddress}: the card was taken out, or has another address by now.
        </Empty>
      ) : (
        <KnownPf
          fleet={fleet}
          detail={detail}
          standing={standing}
          pf={pf}
          isAlive={isAlive}
          lostAt={lostAt}
        />
      )}
    </>
  );
}

interface KnownPfProps {
  readonly fleet: Fleet;
  readonly detail: HostDetail;
  readonly standing: StandingPf;
  readonly pf: PfDocument;
  readonly isAlive: boolean;
  readonly lostAt: string | null;
}

function KnownPf({ fleet, detail, standing, pf, isAlive, lostAt }: KnownPfProps) {
  const { hostId, reportedAt, physicalNetworks } = detail.document;
  const [search, setSearch] = useSearchParams();
  const traffic = useTraffic(fleet.client, hostId, pf.pciAddress);
  const isOld = useIsOld(traffic.history.heardAt);
  const shares = useMemo(() => sharesOf(pf, detail.attachments), [pf, detail.attachments]);
  const owners = new Map(shares.map(({ vfIndex, owner }) => [vfIndex, owner]));
  const states = standing.vfs.map(({ state }) => state.name);
  const chosen = standing.vfs.find(({ vfIndex }) => String(vfIndex) === search.get('vf'));
  return (
    <>
      <AgentNotice isAlive={isAlive} lostAt={lostAt} reportedAt={reportedAt} />
      <section class="panel" aria-label="The PF and its VFs">
        <VfLegend counts={Map.groupBy(states, (name) => name)} />
        <PfRow
          client={fleet.client}
          hostId={hostId}
          pf={pf}
          href={null}
          physicalNetworks={physicalNetworks[pf.pciAddress] ?? []}
          vfs={standing.vfs}
          isAlive={isAlive}
          mayApply={fleet.viewer.value === 'administrator'}
          chosen={chosen?.vfIndex ?? null}
          onChoose={(vfIndex) => setSearch({ vf: String(vfIndex) }, { replace: true })}
        />
      </section>
      {chosen === undefined ? null : (
        <ChosenVf hostId={hostId} pf={standing} standing={chosen} isAlone={fleet.viewer.value === 'owner'} />
      )}
      <BandwidthSection
        pf={pf}
        traffic={traffic}
        isOld={isOld}
        nameOf={(vfIndex) => `VF ${vfIndex} ${owners.get(vfIndex) ?? ''}`.trimEnd()}
      />
      <section class="panel" aria-labelledby="shares">
        <h2 id="shares">Who shares the link</h2>
        <ShareTable
          shares={shares}
          latest={latestRates(traffic.history, isOld)}
          linkMbps={pf.linkMbps}
          addressOf={(vfIndex) => `?vf=${vfIndex}`}
        />
      </section>
    </>
  );
}
