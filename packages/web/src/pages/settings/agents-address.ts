import { isLoopback } from '@virtfn/contract';

/** Stands for the name of the controller where nobody here knows it. */
export const CONTROLLER = 'CONTROLLER';

/**
 * What agents dial. A browser knows a name of the controller, unless it came over a tunnel or runs on the same machine: other
 * hosts reach nobody by a loopback one.
 *
 * @param hostname as the browser has it
 */
export function agentsAddress(hostname: string, port: number): string {
  const host = hostname.replaceAll(/[[\]]/g, '');
  return `https://${isLoopback({ host, port }) ? CONTROLLER : hostname}:${port}`;
}
