import type { HostDocument } from '@virtfn/contract';
import { Link } from 'wouter-preact';
import { commandLine } from '../../../command-line/index.ts';
import { Empty } from '../../../look/index.ts';
import { vfPath } from '../../../paths/index.ts';
import type { StandingPf } from '../standing.ts';
import { VfGlyph } from '../vf-glyph.tsx';
import { MachineSign } from './machine-sign.tsx';
import { Machines } from './machines.ts';

interface ChosenMachineProps {
  readonly hostId: string;
  readonly pfs: readonly StandingPf[];
  readonly machines: HostDocument['machines'];
  /** As `Machine` has it. */
  readonly chosen: string;
  /** Whether the host answers by itself, and no controller. */
  readonly isAlone: boolean;
}

/** The virtual machine that is looked at: how it stands, and the VFs that it has. */
export function ChosenMachine({ hostId, pfs, machines, chosen, isAlone }: ChosenMachineProps) {
  const known = new Machines(machines ?? []);
  const own = pfs.flatMap(({ pciAddress, pf, vfs }) =>
    vfs.flatMap((standing) => {
      const machine = known.ofVf(standing);
      if (machine?.key !== chosen) return [];
      return [{ pfName: pf?.netdevName ?? pciAddress, pciAddress, standing, machine }];
    }),
  );
  const machine = known.find(chosen) ?? own[0]?.machine;
  if (machine === undefined) return null;
  return (
    <section class="panel" aria-labelledby="machine">
      <h2 id="machine">Virtual machine {machine.name}</h2>
      <p>
        <MachineSign state={machine.state} /> {machine.state ?? 'Its host has not told of it'}
      </p>
      {own.length === 0 ? (
        <Empty>No VF of this host is in it.</Empty>
      ) : (
        <ul class="signs" aria-label={`VFs of ${machine.name}`}>
          {own.map(({ pfName, pciAddress, standing: { vfIndex, state } }) => (
            <li key={`${pciAddress}/${vfIndex}`}>
              <VfGlyph state={state.name} />{' '}
              <Link href={vfPath(hostId, pciAddress, vfIndex)}>
                VF {vfIndex} of {pfName}
              </Link>
              , {state.name}
            </li>
          ))}
        </ul>
      )}
      <p class="quiet">
        <code>
          {isAlone
            ? commandLine('vm', 'list')
            : commandLine('attachment', 'list', '--vm', machine.name, '--host', hostId)}
        </code>
      </p>
    </section>
  );
}
