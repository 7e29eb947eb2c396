import type { DriftDocument } from '@virtfn/contract';
import type { StandingPf } from './standing.ts';
import { VfLegend } from './vf-glyph.tsx';

interface SummaryProps {
  readonly pfs: readonly StandingPf[];
  readonly isAlive: boolean;
  /** How many. */
  readonly findings: number;
  /** undefined: its agent does not say. */
  readonly drift: readonly DriftDocument[] | undefined;
}

/** How many VFs of a host stand how, what their signs mean, and what else there is to look at. */
export function Summary({ pfs, isAlive, findings, drift }: SummaryProps) {
  const states = pfs.flatMap(({ vfs }) => vfs.map(({ state }) => state.name));
  return (
    <div class="summary">
      <VfLegend counts={Map.groupBy(states, (name) => name)} />
      <a href="#findings">
        {findings} {findings === 1 ? 'finding' : 'findings'}
      </a>
      {drift === undefined || !isAlive ? null : drift.length === 0 ? (
        <span class="good">● As it is wanted</span>
      ) : (
        <a class="bad" href="#drift">
          ▲ {drift.length} not as wanted
        </a>
      )}
    </div>
  );
}
