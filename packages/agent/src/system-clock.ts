import { setTimeout } from 'node:timers/promises';
import type { Clock } from '@virtfn/host';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    // Being woken early is not an error.
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  },
};
