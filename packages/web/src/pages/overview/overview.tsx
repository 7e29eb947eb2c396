import { useComputed } from '@preact/signals';
import type { Fleet, HostRow } from '../../fleet/index.ts';
import { Empty, Loading } from '../../look/index.ts';
import { StepTable } from '../events/index.ts';
import { HostTable } from './host-table.tsx';

/** So many of the last steps are shown. */
const LAST_STEPS = 12;

export function Overview({ fleet }: { readonly fleet: Fleet }) {
  const rows = useComputed(() => [...fleet.hosts.value.values()].toSorted(byName)).value;
  if (rows.length === 0 && fleet.link.value.kind === 'connecting') return <Loading what="the fleet" />;
  return (
    <>
      <h1>Overview</h1>
      <Figures rows={rows} />
      <section class="panel" aria-labelledby="hosts">
        <h2 id="hosts">Hosts</h2>
        {rows.length === 0 ? <NoHosts /> : <HostTable rows={rows} />}
      </section>
      <section class="panel" aria-labelledby="last">
        <h2 id="last">What changed last</h2>
        <StepTable steps={fleet.steps.value.slice(0, LAST_STEPS)} />
      </section>
    </>
  );
}

function byName(a: HostRow, b: HostRow): number {
  return a.summary.hostId.localeCompare(b.summary.hostId, 'en', { numeric: true });
}

function NoHosts() {
  return (
    <Empty>
      No host has joined yet. <code>virtfn agent token --host HOST</code> makes a token for one, and{' '}
      <code>virtfn agent enrol</code> on that host joins it.
    </Empty>
  );
}

function Figures({ rows }: { readonly rows: readonly HostRow[] }) {
  const sum = (of: (row: HostRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const alive = sum(({ isAlive }) => (isAlive ? 1 : 0));
  const inUse = sum(({ summary }) => summary.vfs.inUse);
  const enabled = sum(({ summary }) => summary.vfs.enabled);
  const possible = sum(({ summary }) => summary.vfs.possible);
  const findings = sum(({ summary }) => summary.findings);
  return (
    <dl class="figures">
      <Figure
        name="Hosts"
        value={rows.length}
        more={alive === rows.length ? 'all alive' : `${alive} alive`}
      />
      <Figure name="PFs" value={sum(({ summary }) => summary.pfs)} />
      <Figure name="VFs in use" value={inUse} more={`of ${enabled} enabled`} />
      <Figure name="VFs free" value={enabled - inUse} more={`${possible} possible`} />
      <Figure name="Findings" value={findings} />
    </dl>
  );
}

function Figure({
  name,
  value,
  more,
}: {
  readonly name: string;
  readonly value: number;
  readonly more?: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} {more === undefined ? null : <small>{more}</small>}
      </dd>
    </div>
  );
}
