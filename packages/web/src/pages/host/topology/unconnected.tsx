import { Link } from 'wouter-preact';
import { machinePath } from '../../../paths/index.ts';
import { machineLabel, MachineSign } from './machine-sign.tsx';
import type { Machine } from './plan-topology.ts';

interface UnconnectedProps {
  readonly hostId: string;
  readonly machines: readonly Machine[];
  /** The key of the one that is looked at; null: none is. */
  readonly chosen: string | null;
}

/** Machines of the host to which no VF leads. */
export function Unconnected({ hostId, machines, chosen }: UnconnectedProps) {
  if (machines.length === 0) return null;
  return (
    <div class="unconnected">
      <h3 id="unconnected">Virtual machines without a VF</h3>
      <ul aria-labelledby="unconnected">
        {machines.map((machine) => (
          <li key={machine.key}>
            <Link
              href={machinePath(hostId, machine.key)}
              class="node"
              aria-label={machineLabel(machine)}
              title={machine.name}
              aria-current={machine.key === chosen ? 'true' : undefined}
            >
              <MachineSign state={machine.state} /> {machine.name}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
