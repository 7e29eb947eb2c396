import { Link } from 'wouter-preact';
import { LongTable } from '../../look/index.ts';
import { titleOf } from '../../neutron/index.ts';
import { hostPath } from '../../paths/index.ts';
import type { PortRow } from './port-rows.ts';
import { PortSign } from './port-sign.tsx';

/** Ports, one a row. */
export function PortTable({ rows }: { readonly rows: readonly PortRow[] }) {
  return (
    <LongTable label="Ports" rows={rows} keyOf={({ port }) => port.id} head={<Head />} columns={8}>
      {(row, index) => <Row key={row.port.id} row={row} index={index} />}
    </LongTable>
  );
}

function Head() {
  return (
    <>
      <th scope="col">Port</th>
      <th scope="col">Status</th>
      <th scope="col">Network</th>
      <th scope="col" class="mac">
        MAC
      </th>
      <th scope="col">Addresses</th>
      <th scope="col">Kind</th>
      <th scope="col">Host</th>
      <th scope="col">VM</th>
    </>
  );
}

function Row({
  row: { port, network, state, vm },
  index,
}: {
  readonly row: PortRow;
  readonly index: number;
}) {
  const title = titleOf(port);
  return (
    <tr aria-rowindex={index}>
      <th scope="row" title={port.id}>
        <Link href={`/ports/${port.id}`}>{title}</Link>
      </th>
      <td>
        <PortSign state={state} />
      </td>
      <td title={network}>{network}</td>
      <td class="mono">{port.mac}</td>
      <td title={port.fixedIps.join(', ')}>{port.fixedIps.join(', ')}</td>
      <td>{port.vnicType}</td>
      <td title={port.hostId ?? undefined}>
        {port.hostId === null ? null : <Link href={hostPath(port.hostId)}>{port.hostId}</Link>}
      </td>
      <td title={vm ?? undefined}>{vm}</td>
    </tr>
  );
}
