import { Action } from '../../actions/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { itemsOf, type Listed, neutronOf } from '../../neutron/index.ts';
import { CreateNetwork } from './create-network.tsx';
import { networkRows } from './network-rows.ts';
import { NetworkTable } from './network-table.tsx';

export function Networks({ fleet }: { readonly fleet: Fleet }) {
  const { networks, subnets, ports } = neutronOf(fleet);
  const listed = networks.listed.value;
  const ofSubnets = subnets.listed.value;
  const ofPorts = ports.listed.value;
  return (
    <>
      <div class="page-head">
        <h1>Networks</h1>
        {fleet.mayWrite.value ? (
          <Action name="Create a network">
            {(onClose) => <CreateNetwork fleet={fleet} onClose={onClose} />}
          </Action>
        ) : null}
      </div>
      <section class="panel" aria-label="Networks">
        {listed.kind === 'reading' ? <Loading what="the networks" /> : null}
        {listed.kind === 'refused' ? <Problem error={listed.error} /> : null}
        {listed.kind === 'known' && listed.items.size === 0 && listed.isComplete ? <NoNetworks /> : null}
        {listed.kind === 'known' && listed.items.size > 0 ? (
          <NetworkTable fleet={fleet} rows={networkRows(itemsOf(listed), allOf(ofSubnets), allOf(ofPorts))} />
        ) : null}
      </section>
    </>
  );
}

/** null: nobody knows them all yet. */
function allOf<Item>(listed: Listed<Item>): readonly Item[] | null {
  return listed.kind === 'known' && listed.isComplete ? itemsOf(listed) : null;
}

function NoNetworks() {
  return (
    <Empty>
      There are no networks. A network is a VLAN of a physical network, or all of one without a tag; ports are
      made on it. <code>virtfn network create NAME</code> makes one, too.
    </Empty>
  );
}
