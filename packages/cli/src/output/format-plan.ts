import type { PlanDocument } from '@virtfn/contract';
import { paint, type Terminal } from './terminal.ts';

/** A plan for people: steps, what they take away from whom, refusals with what to do. */
export function formatPlan(plan: PlanDocument, terminal: Terminal): string {
  const lines: string[] = [];
  if (plan.steps.length > 0) {
    lines.push(
      paint(terminal, 'bold', 'Steps'),
      ...plan.steps.map((step, index) => `  ${index + 1}. ${step.text}`),
    );
  } else if (plan.refusals.length === 0) lines.push('Nothing to do.');
  if (plan.blastRadius.length > 0) {
    lines.push(paint(terminal, 'bold', 'What this takes away'));
    for (const loss of plan.blastRadius) {
      const nobody = loss.vfIndex === null ? '' : ': nobody uses it';
      const whom =
        loss.owners.length === 0
          ? nobody
          : `: ${paint(terminal, 'red', `from ${loss.owners.join(' and ')}`)}`;
      lines.push(`  ${loss.text}${whom}`);
    }
  }
  for (const refusal of plan.refusals) {
    lines.push(
      `${paint(terminal, 'red', 'Refused')} ${refusal.message} (${refusal.code})`,
      `  ${refusal.hint}`,
    );
  }
  return lines.join('\n');
}
