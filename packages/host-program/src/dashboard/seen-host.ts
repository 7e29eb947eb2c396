import { isDeepStrictEqual } from 'node:util';
import type { AuditStep, FleetEvent, HostReport } from '@virtfn/contract';
import {
  hostDifferences,
  type ReportedHost,
  type ReportedHosts,
  summaryOfHost,
} from '@virtfn/contract/inventory';
import type { EntryWords } from './audit-step.ts';

/** Older ones are in the journal of the system. */
const MOST_STEPS = 1000;
/** The agent looks every half minute: when three looks in a row have failed, what is shown may not be so. */
const FRESH_MS = 100_000;
/** A look that found all as it was is told of so late at most, so that no page says that it is older. */
const TIME_TOLD_MS = 60_000;

export interface SeenHostOptions {
  readonly now: () => Date;
  /** As it is called now: joining a fleet may give it another name. */
  readonly hostId: () => string;
}

type HostEvent = Extract<FleetEvent, { kind: 'host' }>;
type HostView = NonNullable<HostEvent['view']>;
/** What every event has that comes of no write to a database. */
type Occasion = Pick<HostEvent, 'revision' | 'at' | 'projectId'>;

/**
 * What the agent has seen of its host last, and what it has done since it began: kept in memory, and told to whoever listens.
 *
 *   a look ──▶ report ──▶ what differs ──▶ event, one revision each
 *   a step ─────────────────────────────▶ event
 */
export class SeenHost implements ReportedHosts {
  readonly #now: () => Date;
  readonly #hostId: () => string;
  readonly #listeners = new Set<(event: FleetEvent) => void>();
  #report: ReportedHost | null = null;
  #wasAlive = false;
  /** When what was told last was seen, milliseconds since 1970. */
  #toldAt = 0;
  #steps: readonly AuditStep[] = [];
  #revision: number;

  constructor({ now, hostId }: SeenHostOptions) {
    this.#now = now;
    this.#hostId = hostId;
    // Whoever followed another life of the agent is behind all that this one tells.
    this.#revision = now().getTime();
  }

  /** Of the last event. */
  get revision(): number {
    return this.#revision;
  }

  /** The latest first, 1,000 at most. */
  get steps(): readonly AuditStep[] {
    return this.#steps;
  }

  /** The host; none before the first look. */
  reports(): readonly ReportedHost[] {
    return this.#report === null ? [] : [this.#report];
  }

  /** It is this program that looks. */
  lostAt(): null {
    return null;
  }

  isAlive(hostId: string): boolean {
    const report = this.#report;
    if (report === null || report.observed.hostId !== hostId) return false;
    return this.#now().getTime() - report.reportedAt.getTime() < FRESH_MS;
  }

  noteReport(report: HostReport): void {
    const before = this.#report;
    const after: ReportedHost = { ...report, reportedAt: this.#now() };
    this.#report = after;
    const { hostId } = after.observed;
    const wasCalled = before?.observed.hostId;
    if (wasCalled !== undefined && wasCalled !== hostId) this.#tellHost(wasCalled, null);
    const isSame =
      before !== null && isDeepStrictEqual({ ...before, reportedAt: null }, { ...after, reportedAt: null });
    if (isSame && this.#wasAlive) return;
    this.#wasAlive = true;
    this.#tellHost(hostId, { changed: before === null ? null : hostDifferences(before, after) });
    if (!isDeepStrictEqual(before?.findings ?? [], after.findings))
      this.#tell((occasion) => ({
        kind: 'finding',
        ...occasion,
        id: hostId,
        hostId,
        view: { findings: [...after.findings] },
      }));
  }

  noteStep(words: EntryWords): void {
    const hostId = this.#hostId();
    this.#tell((occasion) => {
      // Steps are told one by one, so that the number of the event is that of no other step.
      const step: AuditStep = { ...words, id: this.#revision, at: occasion.at, hostId };
      this.#steps = [step, ...this.#steps.slice(0, MOST_STEPS - 1)];
      return { kind: 'step', ...occasion, id: String(step.id), hostId, view: step };
    });
  }

  /** Tells once when what is shown has become old, and now and then that it has not. To be called every few seconds. */
  tick(): void {
    const report = this.#report;
    if (report === null || !this.#wasAlive) return;
    const { hostId } = report.observed;
    const isAlive = this.isAlive(hostId);
    if (isAlive && report.reportedAt.getTime() - this.#toldAt < TIME_TOLD_MS) return;
    this.#wasAlive = isAlive;
    this.#tellHost(hostId, { changed: { pfs: [], vfs: [] } });
  }

  /** Hears all events behind `revision`. @returns stops it */
  subscribe(listener: (event: FleetEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param what null: there is no host of this name any more */
  #tellHost(hostId: string, what: Pick<HostView, 'changed'> | null): void {
    const report = this.#report;
    this.#toldAt = report?.reportedAt.getTime() ?? 0;
    const view =
      what === null || report === null
        ? null
        : { summary: summaryOfHost(report), isAlive: this.isAlive(hostId), ...what };
    this.#tell((occasion) => ({ kind: 'host', ...occasion, id: hostId, hostId, view }));
  }

  #tell(eventOf: (occasion: Occasion) => FleetEvent): void {
    this.#revision += 1;
    const event = eventOf({ revision: this.#revision, at: this.#now().toISOString(), projectId: null });
    for (const listener of this.#listeners) listener(event);
  }
}
