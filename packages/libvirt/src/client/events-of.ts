import type { Libvirt, LibvirtEvent, WatchOptions } from './libvirt.ts';

/**
 * Events as an iteration, which starts to watch with its first step and ends when the signal says so. What comes while the
 * body works is kept for it, in order and without a limit.
 */
export async function* eventsOf(
  libvirt: Libvirt,
  { signal, ...options }: WatchOptions = {},
): AsyncGenerator<LibvirtEvent, void> {
  let waiting: LibvirtEvent[] = [];
  let wake = Promise.withResolvers<void>();
  const stop = (): void => wake.resolve();
  const isOver = (): boolean => signal?.aborted === true;
  signal?.addEventListener('abort', stop, { once: true });
  const watch = await libvirt.watch((event) => {
    waiting.push(event);
    wake.resolve();
  }, options);
  try {
    while (!isOver()) {
      await wake.promise;
      wake = Promise.withResolvers<void>();
      const come = waiting;
      waiting = [];
      for (const event of come) {
        yield event;
        if (isOver()) return;
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await watch.close();
  }
}
