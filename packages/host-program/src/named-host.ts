import type { Host } from '@virtfn/host';
import { type HostId, parseHostId } from '@virtfn/model';

/**
 * A host under the name that its fleet has for it.
 *
 * @param nameNow asked each time; null: the name that the machine has itself
 */
export function namedHost(host: Host, nameNow: () => string | null): Host {
  const hostId = (): HostId => {
    const name = nameNow();
    return name === null ? host.hostId : parseHostId(name);
  };
  return {
    get hostId() {
      return hostId();
    },
    async observe() {
      return { ...(await host.observe()), hostId: hostId() };
    },
    watch: (listener) => host.watch(listener),
    apply: (step) => host.apply(step),
    applySettings: (steps) => host.applySettings(steps),
  };
}
