import type { About } from '@virtfn/contract';
import { Link } from 'wouter-preact';
import { Action } from '../../actions/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { type Network, titleOf } from '../../neutron/index.ts';
import { DeleteNetwork } from './delete-network.tsx';
import type { NetworkRow } from './network-rows.ts';

interface NetworkTableProps {
  readonly fleet: Fleet;
  readonly rows: readonly NetworkRow[];
}

export function NetworkTable({ fleet, rows }: NetworkTableProps) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Network</th>
          <th scope="col">Type</th>
          <th scope="col">Physical network</th>
          <th scope="col">VLAN</th>
          <th scope="col">MTU</th>
          <th scope="col">Ports</th>
          <th scope="col">Subnets</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.network.id} fleet={fleet} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ fleet, row }: { readonly fleet: Fleet; readonly row: NetworkRow }) {
  const { network, ports, subnets } = row;
  const title = titleOf(network);
  return (
    <tr>
      <th scope="row" title={network.id}>
        {title}
        {network.isShared ? <span class="quiet"> (shared)</span> : null}
      </th>
      <td>{network.networkType ?? <Hidden />}</td>
      <td>{network.physicalNetwork ?? <Hidden />}</td>
      <td>{network.vlan ?? (network.networkType === 'flat' ? 'none' : <Hidden />)}</td>
      <td>{network.mtu}</td>
      <td>
        {ports === null ? (
          <span class="quiet">…</span>
        ) : (
          <Link
            href={`/ports?q=${encodeURIComponent(title)}`}
            aria-label={`${ports} ${ports === 1 ? 'port' : 'ports'} of ${title}`}
          >
            {ports}
          </Link>
        )}
      </td>
      <td>
        {subnets === null ? (
          <span class="quiet">…</span>
        ) : (
          subnets.map(({ cidr }) => cidr).join(', ') || 'none'
        )}
      </td>
      <td>
        {mayDelete(network, fleet.about.value) ? (
          <Action name="Delete" label={`Delete network ${title}`}>
            {(onClose) => <DeleteNetwork fleet={fleet} row={row} onClose={onClose} />}
          </Action>
        ) : null}
      </td>
    </tr>
  );
}

/** A member sees networks that others share with him, and changes those of his project. */
function mayDelete({ projectId }: Network, about: About | null): boolean {
  return about?.asker.mayWrite === true && (about.asker.isAdmin || about.asker.projectId === projectId);
}

/** Which wire it is on is for administrators. */
function Hidden() {
  return <span class="quiet">not shown</span>;
}
