import type { AuditStep } from '@virtfn/contract';
import { useSearchParams } from 'wouter-preact';
import type { Fleet } from '../../fleet/index.ts';
import { Empty } from '../../look/index.ts';
import { StepTable } from './step-table.tsx';

/** The audit log as it grows. What it is filtered by stands in the address. */
export function Events({ fleet }: { readonly fleet: Fleet }) {
  const [search, setSearch] = useSearchParams();
  const words = search.get('q') ?? '';
  const steps = fleet.steps.value.filter((step) => isMeant(step, words));
  return (
    <>
      <h1>Events</h1>
      <p>
        <label>
          Filter{' '}
          <input
            type="search"
            value={words}
            placeholder="host, user, what"
            onInput={({ currentTarget: { value } }) =>
              setSearch(value === '' ? {} : { q: value }, { replace: true })
            }
          />
        </label>
      </p>
      <section class="panel" aria-label="Events">
        {steps.length === 0 && words !== '' ? (
          <Empty>Nothing of what is here has “{words}” in it.</Empty>
        ) : (
          <StepTable steps={steps} />
        )}
      </section>
      <p class="quiet">
        The last {fleet.steps.value.length}. All of them: <code>virtfn audit</code>
      </p>
    </>
  );
}

function isMeant({ text, hostId, actor, error, portId, pf }: AuditStep, words: string): boolean {
  const who = actor.kind === 'agent' ? 'agent' : `${actor.userName ?? ''} ${actor.userId}`;
  const all = [text, hostId, who, error?.code, portId, pf].join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
