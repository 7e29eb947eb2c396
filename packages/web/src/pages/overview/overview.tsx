import { useComputed } from '@preact/signals';
import type { AuditStep } from '@virtfn/contract';
import type { Fleet, HostRow } from '../../fleet/index.ts';
import { Empty, Loading } from '../../look/index.ts';
import { StepTable } from '../events/index.ts';
import { Figures } from './figures.tsx';
import { fleetFigures } from './fleet-figures.ts';
import { HostTable } from './host-table.tsx';

/** So many of the last steps are shown. */
const LAST_STEPS = 12;

export function Overview({ fleet }: { readonly fleet: Fleet }) {
  const rows = useComputed(() => [...fleet.hosts.value.values()].toSorted(byName)).value;
  const lastSteps = useComputed(() => lastStepOfHosts(fleet.steps.value)).value;
  if (rows.length === 0 && fleet.link.value.kind === 'connecting') return <Loading what="the fleet" />;
  return (
    <>
      <h1>Overview</h1>
      <Figures {...fleetFigures(rows)} />
      <section class="panel host-list" aria-labelledby="hosts">
        <h2 id="hosts">Hosts</h2>
        {rows.length === 0 ? <NoHosts /> : <HostTable rows={rows} lastSteps={lastSteps} />}
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

/** @param steps the latest first */
function lastStepOfHosts(steps: readonly AuditStep[]): ReadonlyMap<string, AuditStep> {
  const last = new Map<string, AuditStep>();
  for (const step of steps) if (step.hostId !== null && !last.has(step.hostId)) last.set(step.hostId, step);
  return last;
}

function NoHosts() {
  return (
    <Empty>
      No host has joined yet. <code>virtfn agent token --host HOST</code> makes a token for one, and{' '}
      <code>virtfn agent enrol</code> on that host joins it.
    </Empty>
  );
}
