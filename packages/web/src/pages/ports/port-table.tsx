import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { titleOf } from '../../neutron/index.ts';
import type { PortRow } from './port-rows.ts';
import { PortSign } from './port-sign.tsx';
import { rowsInView, type View } from './rows-in-view.ts';

/** Pixels, as in ports.css. */
const ROW_HEIGHT = 32;

/** Ports, one a row. Of ten thousand only those are drawn that are looked at; who hears the list is told of all. */
export function PortTable({ rows }: { readonly rows: readonly PortRow[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const view = useSignal<View>({ scrollTop: 0, height: 800 });
  const look = (): void => {
    const { scrollTop = 0, clientHeight: height = 0 } = scroller.current ?? {};
    view.value = { scrollTop, height };
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  const { first, end } = rowsInView(view.value, ROW_HEIGHT, rows.length);
  return (
    <div ref={scroller} class="port-list" tabIndex={0} role="region" aria-label="Ports" onScroll={look}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
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
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {rows.slice(first, end).map((row, index) => (
            <Row key={row.port.id} row={row} index={first + index + 2} />
          ))}
          <Gap rows={rows.length - end} />
        </tbody>
      </table>
    </div>
  );
}

/** Room for rows that are not drawn. */
function Gap({ rows }: { readonly rows: number }) {
  if (rows === 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={8} class="gap" style={{ height: rows * ROW_HEIGHT }} />
    </tr>
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
        {port.hostId === null ? null : (
          <Link href={`/hosts/${encodeURIComponent(port.hostId)}`}>{port.hostId}</Link>
        )}
      </td>
      <td title={vm ?? undefined}>{vm}</td>
    </tr>
  );
}
