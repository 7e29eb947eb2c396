/**
 * What `read` gave last, read anew when that is longer ago than `ms`.
 *
 * @param now milliseconds
 */
export function atMostEvery<Value>(ms: number, now: () => number, read: () => Value): () => Value {
  let last: { readonly value: Value; readonly at: number } | null = null;
  return () => {
    if (last === null || now() - last.at >= ms) last = { value: read(), at: now() };
    return last.value;
  };
}
