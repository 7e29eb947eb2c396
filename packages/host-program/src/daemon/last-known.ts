import { setTimeout as delay } from 'node:timers/promises';

export interface LastKnownOptions<Value> {
  /** It is read anew when it is older: milliseconds. */
  readonly maxAgeMs: number;
  /** Who asks waits no longer for it, and is told what was known before: milliseconds. */
  readonly patienceMs: number;
  /** Milliseconds. */
  readonly now: () => number;
  /** Before it could be read once. */
  readonly first: Value;
  readonly read: () => Promise<Value>;
}

/** What `read` gave last, read anew from time to time, by one call at a time. While it cannot be read it stays as it was. */
export function lastKnown<Value>({
  maxAgeMs,
  patienceMs,
  now,
  first,
  read,
}: LastKnownOptions<Value>): () => Promise<Value> {
  let value = first;
  let readAt: number | null = null;
  let reading: Promise<void> | null = null;
  const readAgain = async (): Promise<void> => {
    try {
      value = await read();
    } catch {
      // A kernel that does not answer shows in what the host itself says.
    }
    readAt = now();
    reading = null;
  };
  return async () => {
    if (readAt === null || now() - readAt >= maxAgeMs) {
      reading ??= readAgain();
      const waited = new AbortController();
      await Promise.race([
        reading,
        delay(patienceMs, null, { signal: waited.signal, ref: false }).catch(() => {}),
      ]);
      waited.abort();
    }
    return value;
  };
}
