import { headStyle } from './place-style.ts';
import type { Column } from './plan-topology.ts';

const HEADS: readonly { readonly column: Column; readonly name: string }[] = [
  { column: 'host', name: 'Host' },
  { column: 'pf', name: 'PF' },
  { column: 'vf', name: 'VF' },
  { column: 'port', name: 'Port' },
  { column: 'machine', name: 'Virtual machine' },
];

/** What the columns are. Who hears the picture is told with each node. */
export function Heads() {
  return (
    <div class="heads" aria-hidden="true">
      {HEADS.map(({ column, name }) => (
        <span key={column} style={headStyle(column)}>
          {name}
        </span>
      ))}
    </div>
  );
}
