import { useSignal } from '@preact/signals';
import type { AuditStep } from '@virtfn/contract';
import { useMemo } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { commandLine } from '../../command-line/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { Empty, Loading, Problem } from '../../look/index.ts';
import { ChosenStep } from './chosen-step.tsx';
import { FilterFields } from './filter-fields.tsx';
import { LongStepTable } from './long-step-table.tsx';
import { hasWords, optionsOf, type StepFilter } from './step-filter.ts';
import { useStepLog } from './use-step-log.ts';

/** The audit log, as it grows and as far back as somebody reads. What it is filtered by stands in the address. */
export function Events({ fleet }: { readonly fleet: Fleet }) {
  const [search, setSearch] = useSearchParams();
  const words = search.get('q') ?? '';
  const filter: StepFilter = {
    host: search.get('host'),
    port: search.get('port'),
    actor: search.get('actor'),
    isFailed: search.get('failed') !== null,
  };
  const log = useStepLog(fleet, filter);
  const { steps, hasOlder, error } = log.known.value;
  const meant = useMemo(
    () => (words === '' ? steps : steps.filter((step) => hasWords(step, words))),
    [steps, words],
  );
  const chosen = useSignal<AuditStep | null>(null);
  const readOlder = (): void => void log.readOlder();
  return (
    <>
      <h1>Events</h1>
      <FilterFields
        words={words}
        filter={filter}
        hosts={[...fleet.hosts.value.keys()]}
        onChange={(name, value) =>
          setSearch(
            (before) => {
              const after = new URLSearchParams(before);
              if (value === null) after.delete(name);
              else after.set(name, value);
              return after;
            },
            { replace: true },
          )
        }
      />
      <div class={chosen.value === null ? undefined : 'beside'}>
        <section class="panel step-list" aria-label="Events">
          {meant.length > 0 ? (
            <LongStepTable
              steps={meant}
              chosen={chosen.value?.id ?? null}
              onChoose={(step) => (chosen.value = step)}
              onEnd={readOlder}
            />
          ) : hasOlder === null ? (
            <Loading what="the audit log" />
          ) : words === '' ? (
            <Empty>Nothing of the kind was done.</Empty>
          ) : (
            <Empty>Nothing of what is here has “{words}” in it.</Empty>
          )}
          {error === null ? null : <Problem error={error} />}
          <p class="fields">
            <span class="quiet" role="status">
              {countOf(meant.length, steps.length, hasOlder)}
            </span>
            {hasOlder === false ? null : (
              <button type="button" aria-disabled={hasOlder === null} onClick={readOlder}>
                Read older ones
              </button>
            )}
          </p>
        </section>
        {chosen.value === null ? null : (
          <ChosenStep step={chosen.value} onClose={() => (chosen.value = null)} />
        )}
      </div>
      <p class="quiet">
        {fleet.viewer.value === 'owner' ? 'Before the agent began: ' : 'The same by command: '}
        <code>
          {fleet.viewer.value === 'owner'
            ? 'journalctl -u virtfn-agent'
            : commandLine('audit', ...optionsOf(filter))}
        </code>
      </p>
    </>
  );
}

function countOf(meant: number, read: number, hasOlder: boolean | null): string {
  const some = meant === read ? `${read}` : `${meant} of ${read}`;
  return `${some} read${hasOlder === false ? ', and there are no older ones' : ''}`;
}
