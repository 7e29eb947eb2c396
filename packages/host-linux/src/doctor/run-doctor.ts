import type { Finding } from '@virtfn/model';
import { CHECKS, type Check } from './checks/index.ts';
import type { Facts } from './facts/index.ts';

/** All findings of all checks but those whose cause is shown; none for a machine that is ready. */
export function runDoctor(facts: Facts): readonly Finding[] {
  return hideConsequences(CHECKS.flatMap((check) => check.run(facts).map((finding) => ({ check, finding }))));
}

interface Found {
  readonly check: Check;
  readonly finding: Finding;
}

/** What was mended changes what is behind it, so one cause is shown and not its consequences. */
function hideConsequences(found: readonly Found[]): readonly Finding[] {
  const isCause = ({ check, finding }: Found, cause: Finding): boolean =>
    check.hiddenBy.includes(cause.code) && (cause.pf === null || cause.pf === finding.pf);
  return found
    .filter((each) => !found.some(({ finding: cause }) => isCause(each, cause)))
    .map(({ finding }) => finding);
}
