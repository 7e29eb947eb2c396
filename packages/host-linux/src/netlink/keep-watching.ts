import { NetlinkError } from '@virtfn/netlink';

/** A socket that has broken, or could not be opened, is opened anew so much later. */
const AGAIN_MS = 5000;

/**
 * Keeps a socket for events open.
 *
 * @param open opens one, which calls what it is given when it has broken
 * @param onGap nobody has listened for a while
 * @returns how to stop
 * @throws what `open` throws but NetlinkError: there is no netlink on this machine
 */
export function keepWatching(
  open: (onBroken: () => void) => { close(): void },
  onGap: () => void,
): () => void {
  let current: { close(): void } | null = null;
  let again: NodeJS.Timeout | undefined;
  const begin = (): void => {
    try {
      current = open(retry);
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      retry();
    }
  };
  const retry = (): void => {
    again = setTimeout(() => {
      begin();
      onGap();
    }, AGAIN_MS);
    again.unref();
  };
  begin();
  return () => {
    clearTimeout(again);
    current?.close();
  };
}
