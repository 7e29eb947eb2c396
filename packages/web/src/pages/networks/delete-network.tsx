import { ActionDialog } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { KINDS, titleOf } from '../../neutron/index.ts';
import type { NetworkRow } from './network-rows.ts';

interface DeleteNetworkProps {
  readonly fleet: Fleet;
  readonly row: NetworkRow;
  readonly onClose: () => void;
}

export function DeleteNetwork({ fleet, row: { network, ports, subnets }, onClose }: DeleteNetworkProps) {
  const title = titleOf(network);
  return (
    <ActionDialog
      title={`Delete network ${title}`}
      commands={[commandLine('network', 'delete', network.id)]}
      verb="Delete"
      run={() => fleet.neutron.remove(KINDS.network, network.id)}
      onClose={onClose}
    >
      <p>
        The network is gone for good
        {subnets === null || subnets.length === 0
          ? ''
          : `, with its subnets ${subnets.map(({ cidr }) => cidr).join(', ')}`}
        {network.vlan === null ? '' : `, and VLAN ${network.vlan} may be given to another`}.
      </p>
      {ports === null || ports === 0 ? null : (
        <p class="busy">
          ◆ It has {ports === 1 ? 'a port' : `${ports} ports`}: it is refused for as long as a machine has
          one.
        </p>
      )}
    </ActionDialog>
  );
}
