/**
 * Resolves when all else that waits has had its turn. Any other `await` of what is there already, as all that SQLite answers
 * is, goes on before the event loop takes up a request or a message.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
