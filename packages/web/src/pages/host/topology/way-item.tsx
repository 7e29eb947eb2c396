import { vfPath } from '../../../paths/index.ts';
import { VfGlyph } from '../vf-glyph.tsx';
import type { Chosen } from './chosen.ts';
import { MachineNode } from './machine-node.tsx';
import { Node } from './node.tsx';
import type { Way } from './plan-topology.ts';

interface WayItemProps {
  readonly hostId: string;
  /** PCI address. */
  readonly pf: string;
  readonly way: Way;
  readonly chosen: Chosen;
}

/** A VF, and the port and the machine that it leads to. */
export function WayItem({ hostId, pf, way: { row, vf, state, portId, machine }, chosen }: WayItemProps) {
  const isBad = state.name === 'failed' || state.name === 'quarantined';
  return (
    <li>
      {vf === null ? null : (
        <Node
          place={{ column: 'vf', row }}
          href={vfPath(hostId, pf, vf.vfIndex)}
          isChosen={chosen.vf === `${pf}/${vf.vfIndex}`}
          label={`VF ${vf.vfIndex} ${state.name}`}
          title={`${vf.pciAddress}: ${state.words}`}
          look={isBad ? 'bad' : undefined}
        >
          <VfGlyph state={state.name} /> VF {vf.vfIndex} <small>{state.name}</small>
        </Node>
      )}
      {portId === null ? null : (
        <Node
          place={{ column: 'port', row }}
          href={`/ports/${portId}`}
          label={`port ${portId}`}
          title={portId}
        >
          {vf === null ? <VfGlyph state={state.name} /> : null}
          <code>{portId.slice(0, SHORT)}</code>
        </Node>
      )}
      {machine === null ? null : (
        <MachineNode hostId={hostId} machine={machine} isChosen={chosen.machine === machine.key} />
      )}
    </li>
  );
}

/** Of a UUID, as many letters as tell it from the others of one host. */
const SHORT = 8;
