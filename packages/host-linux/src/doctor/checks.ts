import type { Finding } from '@virtfn/model';
import type { Check } from './check.ts';
import type { Facts } from './gather-facts.ts';
import { noSriovCard } from './no-sriov-card.ts';
import { sriovWithoutDriver } from './sriov-without-driver.ts';

/** In the order in which a person would look: what is not there before what does not work. */
export const CHECKS: readonly Check[] = [noSriovCard, sriovWithoutDriver];

/** All findings of all checks; none for a machine that is ready. */
export function runDoctor(facts: Facts): readonly Finding[] {
  return CHECKS.flatMap((check) => check.run(facts));
}
