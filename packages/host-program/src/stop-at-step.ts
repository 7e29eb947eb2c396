import type { Host } from '@virtfn/host';

/**
 * For tests: with VIRTFN_TEST_KILL_AT_STEP=n the process kills itself, as `kill -9` would, where it is about to make
 * its n-th change to the kernel. The next one goes on from there.
 */
export function stoppingAt(env: Readonly<Record<string, string | undefined>>, host: Host): Host {
  const limit = Number(env['VIRTFN_TEST_KILL_AT_STEP'] ?? 0);
  if (!Number.isInteger(limit) || limit < 1) return host;
  let steps = 0;
  return {
    hostId: host.hostId,
    observe: () => host.observe(),
    watch: (listener) => host.watch(listener),
    async apply(step) {
      steps += 1;
      if (steps >= limit) process.kill(process.pid, 'SIGKILL');
      await host.apply(step);
    },
    async applySettings(settings) {
      const left = limit - 1 - steps;
      steps += settings.length;
      if (steps < limit) return host.applySettings(settings);
      await host.applySettings(settings.slice(0, left));
      process.kill(process.pid, 'SIGKILL');
      return [];
    },
  };
}
