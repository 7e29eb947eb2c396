import { isAboutFdb, type Plan } from '../plan/index.ts';
import { type Finding, finding } from './finding.ts';

/** What of that which a plan refuses stands out about the host beyond one port: one finding a PF. */
export function findingsOfPlan({ refusals }: Pick<Plan, 'refusals'>): readonly Finding[] {
  const about = refusals.filter(isAboutFdb);
  return [...new Set(about.map(({ pf }) => pf))].map((pf) => {
    const ofPf = about.filter((refusal) => refusal.pf === pf);
    const text = ofPf.map(({ message }) => message).join('. ');
    const hint = [...new Set(ofPf.map((refusal) => refusal.hint))].join('. ');
    return finding('local-mac-unreachable', text, hint, pf);
  });
}
