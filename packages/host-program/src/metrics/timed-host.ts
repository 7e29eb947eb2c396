import type { AgentMetrics } from '@virtfn/agent';
import type { Host } from '@virtfn/host';

/** A host whose looks are timed. */
export function timedHost(host: Host, metrics: Pick<AgentMetrics, 'timeLook'>): Host {
  return {
    get hostId() {
      return host.hostId;
    },
    observe: () => metrics.timeLook(() => host.observe()),
    watch: (listener) => host.watch(listener),
    apply: (step) => host.apply(step),
    applySettings: (steps) => host.applySettings(steps),
  };
}
