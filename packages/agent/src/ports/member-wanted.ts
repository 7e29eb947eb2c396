import type { OwnPort, PortOutcome } from '@virtfn/contract/agent-link';
import type { AttachmentId, ConfiguredHost, ObservedHost, SriovError } from '@virtfn/model';
import type { Reconciled } from '../agent.ts';
import type { Wanted } from '../wanted.ts';
import type { Claim } from '../journal/index.ts';
import type { FleetWish } from './fleet-wish.ts';
import { mergePorts, type PortWish } from './merge-ports.ts';
import { outcomesOfPorts } from './outcomes-of-ports.ts';

/** What a host's own configuration and its fleet want of it together. */
export interface MemberWanted extends Wanted {
  readonly wish: FleetWish;
  readonly own: readonly OwnPort[];
}

/** Joins what the configuration wants with what ports are asked for. Pure. */
export function wantedOfMember(
  configured: ConfiguredHost & Pick<Wanted, 'isPartial' | 'missing'>,
  { fleet, own }: PortWish,
  claims: readonly Claim[],
  observed: ObservedHost,
): MemberWanted {
  return { ...configured, ...mergePorts(configured, { fleet, own }, claims, observed), wish: fleet, own };
}

const NOBODY: ReadonlyMap<AttachmentId, SriovError> = new Map();

/** What to tell the fleet of its ports behind a look. `departed`: those whose machine could not be sent away. */
export function outcomesOfMember(
  { wanted, ...result }: Reconciled<MemberWanted>,
  departed: ReadonlyMap<AttachmentId, SriovError> = NOBODY,
): readonly PortOutcome[] {
  const { interfaces, migrationUri } = wanted;
  const failed = new Map([...wanted.failed, ...departed]);
  return outcomesOfPorts(wanted.wish, { ...result, failed, interfaces, migrationUri });
}
