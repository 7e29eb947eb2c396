import { type PortOutcome, reportMessageOf } from '@virtfn/contract/agent-link';
import type { HostReport } from '@virtfn/contract';

/** Of when it is does not make a report another one. */
const ANY_TIME = new Date(0);

/** What the controller was told in this session, so that it is told changes only. */
export class ToldNews {
  #outcomes: readonly PortOutcome[] = [];
  readonly #toldOutcomes = new Map<string, string>();
  #report: { readonly report: HostReport; readonly text: string; readonly lookedAt: Date } | null = null;
  #toldReport: string | null = null;

  /** A new session: nothing of what was told before may be relied on. */
  forget(): void {
    this.#toldOutcomes.clear();
    this.#toldReport = null;
  }

  putOutcomes(outcomes: readonly PortOutcome[]): void {
    this.#outcomes = outcomes;
  }

  putReport(report: HostReport, lookedAt: Date): void {
    this.#report = { report, text: JSON.stringify(reportMessageOf(report, ANY_TIME)), lookedAt };
  }

  /** Messages that say what was not told yet. They count as told. */
  takeMessages(): readonly string[] {
    return [...this.#takeOutcomes(), ...this.#takeReport()];
  }

  #takeOutcomes(): readonly string[] {
    const changed: PortOutcome[] = [];
    const current = new Set<string>();
    for (const outcome of this.#outcomes) {
      current.add(outcome.attachmentId);
      const text = JSON.stringify(outcome);
      if (this.#toldOutcomes.get(outcome.attachmentId) === text) continue;
      this.#toldOutcomes.set(outcome.attachmentId, text);
      changed.push(outcome);
    }
    // One that is being worked on again, or is gone, is told anew when it comes back.
    for (const attachmentId of this.#toldOutcomes.keys())
      if (!current.has(attachmentId)) this.#toldOutcomes.delete(attachmentId);
    return changed.length === 0 ? [] : [JSON.stringify({ kind: 'outcomes', outcomes: changed })];
  }

  #takeReport(): readonly string[] {
    if (this.#report === null || this.#report.text === this.#toldReport) return [];
    this.#toldReport = this.#report.text;
    return [JSON.stringify(reportMessageOf(this.#report.report, this.#report.lookedAt))];
  }
}
