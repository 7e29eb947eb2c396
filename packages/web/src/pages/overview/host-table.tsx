import type { HostRow } from '../../fleet/index.ts';
import { Age } from '../../look/index.ts';
import { Link } from 'wouter-preact';

export function HostTable({ rows }: { readonly rows: readonly HostRow[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">State</th>
          <th scope="col">PFs</th>
          <th scope="col">VFs in use</th>
          <th scope="col">Enabled</th>
          <th scope="col">Possible</th>
          <th scope="col">Findings</th>
          <th scope="col">Reported</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.summary.hostId} {...row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ summary, isAlive }: HostRow) {
  const { hostId, simulated, pfs, vfs, findings, reportedAt } = summary;
  return (
    <tr>
      <th scope="row">
        <Link href={`/hosts/${encodeURIComponent(hostId)}`}>{hostId}</Link>
        {simulated ? <span class="quiet"> (simulated)</span> : null}
      </th>
      <td>{isAlive ? <span class="good">● Alive</span> : <span class="bad">▲ Agent is gone</span>}</td>
      <td>{pfs}</td>
      <td>{vfs.inUse}</td>
      <td>{vfs.enabled}</td>
      <td>{vfs.possible}</td>
      <td>{findings === 0 ? <span class="quiet">0</span> : <span class="busy">{findings}</span>}</td>
      <td>
        <Age at={reportedAt} />
      </td>
    </tr>
  );
}
