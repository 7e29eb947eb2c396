import type { PortOutcome } from '@virtfn/contract/agent-link';
import type { ConfiguredHost, ObservedHost } from '@virtfn/model';
import type { Reconciled, Wanted } from '../agent.ts';
import type { Claim } from '../journal/index.ts';
import type { FleetWish } from './fleet-wish.ts';
import { type MergedHost, mergePorts } from './merge-ports.ts';
import { outcomesOfPorts } from './outcomes-of-ports.ts';

/** What a host's own configuration and its fleet want of it together. */
export interface MemberWanted extends Wanted, MergedHost {
  readonly wish: FleetWish;
}

/** Joins what the configuration wants with the fleet's wish. Pure. */
export function wantedOfMember(
  configured: ConfiguredHost & Pick<Wanted, 'isPartial' | 'missing'>,
  wish: FleetWish,
  claims: readonly Claim[],
  observed: ObservedHost,
): MemberWanted {
  return { ...configured, ...mergePorts(configured, wish, claims, observed), wish };
}

/** What to tell the fleet of its ports behind a look. */
export function outcomesOfMember({
  wanted,
  observed,
  plan,
}: Reconciled<MemberWanted>): readonly PortOutcome[] {
  return outcomesOfPorts(wanted.wish, { observed, plan, failed: wanted.failed });
}
