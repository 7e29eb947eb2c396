import {
  desiredOfConfig,
  desiredOfConfigAsFarAsKnown,
  type HostConfig,
  type ObservedHost,
} from '@virtfn/model';
import type { Claim } from '../journal/index.ts';
import {
  type MemberWanted,
  type MergedHost,
  mergePorts,
  type PortWish,
  wantedOfMember,
} from '../ports/index.ts';
import type { ConfigFile } from './config-file.ts';
import type { RequestContext } from './request-context.ts';

type Askable = Pick<RequestContext, 'fleet' | 'machines'>;

/**
 * What a configuration wants of the host, with the ports of its controller and its owner: a request of this host's owner
 * must not take their VFs away by not speaking of them.
 *
 * @throws {SriovError} PF_UNKNOWN, DESIRED_CONFLICT
 */
export async function wantedOfConfig(
  config: HostConfig,
  observed: ObservedHost,
  context: Askable & Pick<RequestContext, 'keeper'>,
): Promise<MergedHost> {
  const configured = desiredOfConfig(config, observed);
  return mergePorts(configured, await readPortWish(context), await context.keeper.claims(), observed);
}

/** What ports are asked for now. */
export async function readPortWish({ fleet, machines }: Askable): Promise<PortWish> {
  return { fleet: await fleet.wish(), own: await machines.ownPorts.list() };
}

const NOTHING_WANTED: HostConfig = {
  pfs: [],
  bridges: [],
  migrationUri: null,
  controllerMayChangeVfs: false,
};

/**
 * What is wanted of the host as it is now. Without a file nothing is, and whoever has a VF by the last one keeps it:
 * nobody asked for its end.
 *
 * @throws {SriovError} CONFIG_INVALID, DESIRED_CONFLICT
 */
export async function wantedNow(
  file: ConfigFile,
  observed: ObservedHost,
  claims: readonly Claim[],
  context: Askable,
): Promise<MemberWanted & { readonly hasConfig: boolean }> {
  const text = await file.read();
  const config = text === null ? NOTHING_WANTED : await file.parse(text);
  const configured = desiredOfConfigAsFarAsKnown(config, observed);
  const isPartial = text === null || configured.missing.length > 0;
  const wanted = wantedOfMember({ ...configured, isPartial }, await readPortWish(context), claims, observed);
  return { ...wanted, hasConfig: text !== null };
}
