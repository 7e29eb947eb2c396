import { desiredOfConfig, type HostConfig, type ObservedHost } from '@virtfn/model';
import { type MergedHost, mergePorts } from '../ports/index.ts';
import type { RequestContext } from './request-context.ts';

/**
 * What a configuration wants of the host, with the ports of its controller: a request of this host's owner must not take
 * their VFs away by not speaking of them.
 *
 * @throws {SriovError} PF_UNKNOWN, DESIRED_CONFLICT
 */
export async function wantedOfConfig(
  config: HostConfig,
  observed: ObservedHost,
  { keeper, fleet }: RequestContext,
): Promise<MergedHost> {
  const configured = desiredOfConfig(config, observed);
  return mergePorts(configured, await fleet.wish(), await keeper.claims(), observed);
}
