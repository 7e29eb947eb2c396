import { machinePath } from '../../../paths/index.ts';
import { Node } from './node.tsx';
import { machineLabel, MachineSign } from './machine-sign.tsx';
import type { Machine } from './plan-topology.ts';

interface MachineNodeProps {
  readonly hostId: string;
  readonly machine: Machine & { readonly row: number };
  readonly isChosen: boolean;
}

/** A virtual machine. Each way that leads to it has it, and all of them draw it in the same place. */
export function MachineNode({ hostId, machine, isChosen }: MachineNodeProps) {
  const { key, name, row } = machine;
  return (
    <Node
      place={{ column: 'machine', row }}
      href={machinePath(hostId, key)}
      label={machineLabel(machine)}
      isChosen={isChosen}
      title={name}
      look={machine.state === 'crashed' ? 'bad' : undefined}
    >
      <MachineSign state={machine.state} /> {name}
    </Node>
  );
}
