/**
 * What `read` gave last, read anew when that is longer ago than `ms`, by one call at a time. While it cannot be read it stays as
 * it was; `first` before it could be read once.
 *
 * @param now milliseconds
 */
export function lastKnown<Value>(
  ms: number,
  now: () => number,
  first: Value,
  read: () => Promise<Value>,
): () => Promise<Value> {
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
    if (readAt === null || now() - readAt >= ms) await (reading ??= readAgain());
    return value;
  };
}
