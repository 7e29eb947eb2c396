import { LabError } from '../lab-error.ts';
import type { LabHost } from '../lab-host.ts';

/** A ping that runs until it is stopped. */
interface TrafficProbe {
  /** Ends it, and gives its log, for `measureGaps`. @throws {LabError} when it has ended by itself */
  stop(): Promise<string>;
}

/** Starts a ping from a network namespace of a host: 5 or 10 times a second, with the time of each answer. */
export async function startProbe(
  host: LabHost,
  {
    namespace,
    address,
    intervalMs = 200,
  }: { readonly namespace: string; readonly address: string; readonly intervalMs?: number },
): Promise<TrafficProbe> {
  const interval = (intervalMs / 1000).toString();
  const argv = ['ip', 'netns', 'exec', namespace, 'ping', '-n', '-D', '-O', '-i', interval, address];
  const ping = await host.start(argv);
  const said: Buffer[] = [];
  const first = Promise.withResolvers<null>();
  for (const stream of ['onStdout', 'onStderr'] as const) {
    ping[stream]((data) => {
      said.push(data);
      first.resolve(null);
    });
  }
  const log = (): string => Buffer.concat(said).toString();
  let hasEnded = false;
  const ended = ping.ended.then(() => {
    hasEnded = true;
  });
  const refuse = (): never => {
    throw new LabError(`Cannot watch ${address} from ${namespace} in ${host.name}: ping has ended\n${log()}`);
  };
  // Its first words say that it runs.
  await Promise.race([first.promise, ended]);
  if (hasEnded) refuse();
  return {
    stop: async () => {
      if (hasEnded) refuse();
      ping.kill('SIGINT');
      await ended;
      return log();
    },
  };
}
