import type { AuditStep } from '@virtfn/contract';
import { Link } from 'wouter-preact';
import type { HostRow } from '../../fleet/index.ts';
import { Age, LongTable } from '../../look/index.ts';
import { hostPath } from '../../paths/index.ts';
import { vfFigures } from './fleet-figures.ts';

interface HostTableProps {
  readonly rows: readonly HostRow[];
  /** What was done last on each host, as far as that is known. */
  readonly lastSteps: ReadonlyMap<string, AuditStep>;
}

/** Hosts, one a row. */
export function HostTable({ rows, lastSteps }: HostTableProps) {
  return (
    <LongTable label="List of hosts" rows={rows} keyOf={keyOf} head={<Head />} columns={9}>
      {(row, index) => <Row key={keyOf(row)} row={row} lastStep={lastSteps.get(keyOf(row))} index={index} />}
    </LongTable>
  );
}

const keyOf = ({ summary }: HostRow): string => summary.hostId;

function Head() {
  return (
    <>
      <th scope="col" class="host">
        Host
      </th>
      <th scope="col" class="standing">
        State
      </th>
      <th scope="col" class="figure few">
        PFs
      </th>
      <th scope="col" class="figure">
        VFs free
      </th>
      <th scope="col" class="figure">
        In use
      </th>
      <th scope="col" class="figure quarantined">
        Quarantined
      </th>
      <th scope="col" class="figure">
        Possible
      </th>
      <th scope="col" class="figure">
        Findings
      </th>
      <th scope="col">Changed last</th>
    </>
  );
}

interface RowProps {
  readonly row: HostRow;
  readonly lastStep: AuditStep | undefined;
  readonly index: number;
}

function Row({ row, lastStep, index }: RowProps) {
  const { hostId, simulated, pfs, vfs, findings } = row.summary;
  const { free, inUse, quarantined } = vfFigures(row);
  const known = (figure: number): number | string => (row.isAlive ? figure : '▬');
  return (
    <tr aria-rowindex={index}>
      <th scope="row" title={hostId}>
        <Link href={hostPath(hostId)}>{hostId}</Link>
        {simulated ? <span class="quiet"> (simulated)</span> : null}
      </th>
      <td>
        <State {...row} />
      </td>
      <td class="figure">{pfs}</td>
      <td class="figure">{known(free)}</td>
      <td class="figure">{known(inUse)}</td>
      <td class="figure">{quarantined === 0 ? known(0) : <span class="bad">▲ {quarantined}</span>}</td>
      <td class="figure">{vfs.possible}</td>
      <td class="figure">
        {findings === 0 ? <span class="quiet">0</span> : <span class="busy">{findings}</span>}
      </td>
      <td title={lastStep?.text}>
        {lastStep === undefined ? null : (
          <>
            <Age at={lastStep.at} />:{' '}
            <span class={lastStep.error === null ? undefined : 'bad'}>{lastStep.text}</span>
          </>
        )}
      </td>
    </tr>
  );
}

function State({ isAlive, lostAt, summary: { reportedAt } }: HostRow) {
  if (!isAlive)
    return (
      <span class="bad">
        ▲ Agent is gone, <Age at={reportedAt} />
      </span>
    );
  if (lostAt !== null) return <span class="busy">◆ Agent not connected</span>;
  return <span class="good">● Alive</span>;
}
