import type { Client } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { NO_TRAFFIC, type TrafficHistory, withReading } from './traffic-history.ts';

/** Nothing that is shown is to be older than 2 s. */
const ASK_EVERY_MS = 1000;

/** What a PF passes, as far as it could be asked. */
export interface Traffic {
  readonly history: TrafficHistory;
  /** Why the last try failed; null: it did not. */
  readonly error: SriovError | null;
}

const NOTHING: Traffic = { history: NO_TRAFFIC, error: null };

/** Asks what a PF passes, again and again for as long as somebody looks at the page. */
export function useTraffic(client: Client, hostId: string, pf: string): Traffic {
  const traffic = useSignal(NOTHING);
  useEffect(() => {
    let isOver = false;
    let isAsking = false;
    traffic.value = NOTHING;
    const ask = async (): Promise<void> => {
      if (isAsking || document.hidden) return;
      isAsking = true;
      const next = await read(client, hostId, pf, traffic.value.history);
      isAsking = false;
      if (!isOver) traffic.value = next;
    };
    void ask();
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    const onVisible = (): void => void ask();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isOver = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [client, hostId, pf]);
  return traffic.value;
}

async function read(client: Client, hostId: string, pf: string, history: TrafficHistory): Promise<Traffic> {
  try {
    const { pfs } = await client.call('readTraffic', { hostId }, null, { pf });
    const [reading] = pfs;
    return {
      history: reading === undefined ? history : withReading(history, reading, Date.now() - reading.ageMs),
      error: null,
    };
  } catch (thrown) {
    return { history, error: toSriovError(thrown) };
  }
}
