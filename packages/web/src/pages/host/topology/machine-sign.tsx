import type { Machine } from './plan-topology.ts';

const SIGNS: Readonly<
  Record<NonNullable<Machine['state']>, { readonly sign: string; readonly look: string }>
> = {
  running: { sign: '●', look: 'good' },
  paused: { sign: '◆', look: 'busy' },
  crashed: { sign: '▲', look: 'bad' },
  'shut-off': { sign: '□', look: 'quiet' },
};

const NOT_TOLD = { sign: '▬', look: 'quiet' };

/** A machine for who hears it. */
export const machineLabel = ({ name, state }: Machine): string => `VM ${name}, ${state ?? 'not told of'}`;

/** How a machine stands, as a sign. */
export function MachineSign({ state }: Pick<Machine, 'state'>) {
  const { sign, look } = state === null ? NOT_TOLD : SIGNS[state];
  return (
    <span class={look} aria-hidden="true">
      {sign}
    </span>
  );
}
