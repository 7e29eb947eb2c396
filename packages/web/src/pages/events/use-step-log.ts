import { useEffect, useMemo } from 'preact/hooks';
import type { Fleet } from '../../fleet/index.ts';
import { isAsked, queryOf, type StepFilter } from './step-filter.ts';
import { StepLog } from './step-log.ts';

/** So many entries are read at a time. */
const PAGE_SIZE = 200;

/** The entries that a filter asks for, kept up to date for as long as they are looked at. */
export function useStepLog(fleet: Fleet, filter: StepFilter): StepLog {
  const { host, port, actor, isFailed } = filter;
  const log = useMemo(
    () =>
      new StepLog((marker) => {
        const paging = { limit: PAGE_SIZE, ...(marker === null ? {} : { marker }) };
        return fleet.client.call('listSteps', {}, null, { ...queryOf(filter), ...paging });
      }),
    [fleet, host, port, actor, isFailed],
  );
  useEffect(() => {
    void log.readLatest();
    return fleet.onEvent((event) => {
      const hasFailed = event.kind === 'live' && log.known.value.error !== null;
      if (event.kind === 'reset' || hasFailed) void log.readLatest();
      if (event.kind === 'step' && isAsked(event.view, filter)) log.take(event.view);
    });
  }, [log]);
  return log;
}
