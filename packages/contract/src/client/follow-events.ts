import { isSriovError } from '@virtfn/model';
import type { FleetEvent } from '../v1/events.ts';
import type { EventQueryDocument } from '../v1/queries.ts';
import type { StreamTransport } from './stream-transport.ts';

/** Events were missed: everything is to be looked at anew, and what comes is behind `revision`. */
export interface ResetEvent {
  readonly kind: 'reset';
  readonly revision: number;
}

export interface FollowOptions {
  readonly transport: StreamTransport;
  readonly query?: EventQueryDocument;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Waits before the next try. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told of each try that failed after the first one. */
  readonly onLost?: (error: unknown) => void;
  /** Told each time that a stream is open: nothing may happen for long that would be an event. */
  readonly onLive?: () => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * Follows what changes, over controllers that stop and networks that break, without missing an event: each try goes on where
 * the last one ended.
 *
 * @throws {SriovError} what the first try meets, and any refusal later: CONTROLLER_UNREACHABLE is waited out
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<FleetEvent | ResetEvent, void> {
  const { transport, query = {}, signal, sleep, onLost = () => {}, onLive = () => {} } = options;
  const { API_ROOT, EVENTS_PATH, EventStreamParser } = await import('../v1/index.ts');
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  const path = `${API_ROOT}${EVENTS_PATH}${search.size === 0 ? '' : `?${search.toString()}`}`;
  let lastEventId: string | null = null;
  let hasBegun = false;
  let waitMs = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const stream = await transport({ path, lastEventId }, signal);
      hasBegun = true;
      if (!signal.aborted) onLive();
      const parser = new EventStreamParser();
      for await (const piece of stream) {
        const events = parser.push(piece);
        waitMs = FIRST_WAIT_MS;
        for (const { event, data } of events) {
          if (event === 'reset') yield { kind: 'reset', ...(JSON.parse(data) as { revision: number }) };
          else if (event !== 'resume') yield JSON.parse(data) as FleetEvent;
        }
        lastEventId = parser.lastId ?? lastEventId;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!hasBegun || !isSriovError(error, 'CONTROLLER_UNREACHABLE')) throw error;
      onLost(error);
    }
    if (signal.aborted) return;
    await sleep(waitMs, signal);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}
