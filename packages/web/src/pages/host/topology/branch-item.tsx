import { pfPath, vfPath } from '../../../paths/index.ts';
import { VfGlyph } from '../vf-glyph.tsx';
import type { Chosen } from './chosen.ts';
import { Node } from './node.tsx';
import { PfSign } from './pf-sign.tsx';
import type { Branch, Rest } from './plan-topology.ts';
import { WayItem } from './way-item.tsx';

interface BranchItemProps {
  readonly hostId: string;
  readonly branch: Branch;
  readonly chosen: Chosen;
}

/** A PF and what is behind it. */
export function BranchItem({ hostId, branch, chosen }: BranchItemProps) {
  const { pciAddress, name, link, row, ways, rest } = branch;
  const isBare = ways.length === 0 && rest === null;
  const words = isBare ? `${link.words}, no VFs` : link.words;
  return (
    <li>
      <Node
        place={{ column: 'pf', row }}
        href={pfPath(hostId, pciAddress)}
        label={`PF ${name} ${words}`}
        title={pciAddress}
        look={link.name === 'no carrier' || link.name === 'not there' ? 'bad' : undefined}
      >
        <PfSign link={link} /> {name} <small>{words}</small>
      </Node>
      {isBare ? null : (
        <ul aria-label={`Behind ${name}`}>
          {ways.map((way) => (
            <WayItem key={way.key} hostId={hostId} pf={pciAddress} way={way} chosen={chosen} />
          ))}
          {rest === null ? null : <RestItem hostId={hostId} pf={pciAddress} name={name} rest={rest} />}
        </ul>
      )}
    </li>
  );
}

interface RestItemProps {
  readonly hostId: string;
  readonly pf: string;
  readonly name: string;
  readonly rest: Rest;
}

function RestItem({ hostId, pf, name, rest: { row, idle, hidden } }: RestItemProps) {
  const more = hidden === 0 ? null : `${hidden} more`;
  return (
    <li>
      {idle === null ? null : (
        <Node
          place={{ column: 'vf', row }}
          href={vfPath(hostId, pf, idle.first)}
          label={`${idle.count} ${idle.state} of ${name}`}
          title={`The first of them: VF ${idle.first}`}
        >
          <VfGlyph state={idle.state} /> {idle.count} {idle.state}
        </Node>
      )}
      {more === null ? null : (
        <Node
          place={{ column: idle === null ? 'vf' : 'port', row }}
          href={pfPath(hostId, pf)}
          label={`${more} of ${name}`}
        >
          {more}
        </Node>
      )}
    </li>
  );
}
