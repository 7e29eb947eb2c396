import type { FleetEvent, FleetEventKind } from '@virtfn/contract';
import type { Reader } from '../neutron/index.ts';

type WithoutProject<Event> = Event extends unknown ? Omit<Event, 'projectId'> : never;

/** Whose members may hear of it beside administrators; null: nobody. */
export interface Audience {
  readonly projectId: string;
  /** `*`: all. */
  readonly shownTo: ReadonlySet<string>;
  /** Those to whom it was shown before, where it is not shown to them now; `*`: all. */
  readonly hiddenFrom: ReadonlySet<string>;
}

/** What whoever hears of something is to it; `former`: he has seen it, and sees it no more. */
export type Hearer = Reader | 'former';

/** One event, for all who listen. */
export class FeedEvent {
  readonly kind: FleetEventKind;
  readonly revision: number | null;
  readonly hostId: string | null;
  readonly #audience: Audience | null;
  readonly #eventFor: (reader: Hearer) => WithoutProject<FleetEvent>;
  readonly #texts = new Map<Hearer, string>();

  /** @param eventFor called once for each kind of reader that there is */
  constructor(
    { kind, revision, hostId }: Pick<FleetEvent, 'kind' | 'revision' | 'hostId'>,
    audience: Audience | null,
    eventFor: (reader: Hearer) => WithoutProject<FleetEvent>,
  ) {
    this.kind = kind;
    this.revision = revision;
    this.hostId = hostId;
    this.#audience = audience;
    this.#eventFor = eventFor;
  }

  /** What somebody is to it; null: he is not told. */
  readerOf(identity: { readonly isAdmin: boolean; readonly projectId: string }): Hearer | null {
    if (identity.isAdmin) return 'admin';
    if (this.#audience === null) return null;
    const { projectId, shownTo, hiddenFrom } = this.#audience;
    if (projectId === identity.projectId) return 'owner';
    const isIn = (projects: ReadonlySet<string>) => projects.has(identity.projectId) || projects.has('*');
    if (isIn(shownTo)) return 'other';
    return isIn(hiddenFrom) ? 'former' : null;
  }

  /** As it stands in a stream, without its id and its end. Written once for all who are shown the same. */
  textFor(reader: Hearer): string {
    const known = this.#texts.get(reader);
    if (known !== undefined) return known;
    const event = { ...this.#eventFor(reader), projectId: this.#audience?.projectId ?? null };
    const text = `event: ${this.kind}\ndata: ${JSON.stringify(event)}\n`;
    this.#texts.set(reader, text);
    return text;
  }
}
