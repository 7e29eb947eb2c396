import { useMemo } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { Action } from '../../actions/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { itemsOf, neutronOf } from '../../neutron/index.ts';
import { CreatePort } from './create-port.tsx';
import { isMeant, portRows } from './port-rows.ts';
import { PortTable } from './port-table.tsx';

/** All ports. What they are filtered by stands in the address: `?q=WORDS`. */
export function Ports({ fleet }: { readonly fleet: Fleet }) {
  const [search, setSearch] = useSearchParams();
  const words = search.get('q') ?? '';
  const { networks, ports, attachments } = neutronOf(fleet);
  const listed = ports.listed.value;
  const ofNetworks = networks.listed.value;
  const ofAttachments = attachments.listed.value;
  const rows = useMemo(
    () => portRows(itemsOf(listed), itemsOf(ofNetworks), itemsOf(ofAttachments)),
    [listed, ofNetworks, ofAttachments],
  );
  const meant = useMemo(
    () => (words === '' ? rows : rows.filter((row) => isMeant(row, words))),
    [rows, words],
  );
  return (
    <>
      <div class="page-head">
        <h1>Ports</h1>
        {fleet.mayWrite.value ? (
          <Action name="Create a port">{(onClose) => <CreatePort fleet={fleet} onClose={onClose} />}</Action>
        ) : null}
        <label>
          Filter{' '}
          <input
            type="search"
            value={words}
            placeholder="name, MAC, IP, host, VM, status"
            onInput={({ currentTarget: { value } }) =>
              setSearch(value === '' ? {} : { q: value }, { replace: true })
            }
          />
        </label>
        <span class="quiet" role="status">
          {listed.kind === 'known' ? countOf(meant.length, rows.length, listed.isComplete) : null}
        </span>
      </div>
      <section class="panel" aria-label="List of ports">
        {listed.kind === 'reading' ? <Loading what="the ports" /> : null}
        {listed.kind === 'refused' ? <Problem error={listed.error} /> : null}
        {listed.kind === 'known' && listed.isComplete && rows.length === 0 ? <NoPorts /> : null}
        {rows.length > 0 && meant.length === 0 ? (
          <Empty>
            No port has “{words}” in its name, id, MAC, addresses, network, host, machine or status.
          </Empty>
        ) : null}
        {meant.length > 0 ? <PortTable rows={meant} /> : null}
      </section>
    </>
  );
}

function countOf(meant: number, all: number, isComplete: boolean): string {
  const some = meant === all ? `${all}` : `${meant} of ${all}`;
  return `${some} ${all === 1 ? 'port' : 'ports'}${isComplete ? '' : ', reading on …'}`;
}

function NoPorts() {
  return (
    <Empty>
      There are no ports. A port is an address in a network; bound to a host it has a VF there.{' '}
      <code>virtfn port create NAME --network NETWORK</code> makes one, too.
    </Empty>
  );
}
