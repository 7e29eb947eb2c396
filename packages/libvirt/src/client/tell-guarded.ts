import type { LibvirtEvent } from './libvirt.ts';

/** What a handler throws is its program's fault, to be seen there, and no reason to drop the events behind it. */
export function tellGuarded(tell: (event: LibvirtEvent) => void, event: LibvirtEvent): void {
  try {
    tell(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
