import type { Clock } from '@virtfn/host';
import type { HostReport } from '@virtfn/contract';
import {
  type Answer,
  type Ask,
  CLOSE_CODE,
  type ControllerMessage,
  type DesiredMessage,
  HEARTBEAT_EVERY_MS,
  LINK_PROTOCOL,
  parseControllerMessage,
  type PortOutcome,
  type Question,
  SILENT_AFTER_MS,
} from '@virtfn/contract/agent-link';
import { errorOfTold, type HostId, SriovError, toSriovError } from '@virtfn/model';
import type { FleetWish } from '../ports/index.ts';
import { type StepCause, type StepRecord, stepWords } from '../reconcile/index.ts';
import { afterDesired } from './after-desired.ts';
import { BackOff } from './back-off.ts';
import { KeptDesiredKeeper, type KeptDesiredStore } from './kept-desired-keeper.ts';
import type { Dial, LinkConnection } from './link-connection.ts';
import { StepLog } from './step-log.ts';
import { ToldNews } from './told-news.ts';

export interface ControllerLinkOptions {
  readonly hostId: HostId;
  readonly bootId: string;
  readonly version: string;
  readonly dial: Dial;
  readonly store: KeptDesiredStore;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Something else is wanted of the host. */
  readonly onDesired: () => void;
  /** Told of each change between connected and not, and of what could not be read. */
  readonly onStatus: (status: LinkStatus) => void;
  /** Answers what the controller asks. What it throws is the answer, too. */
  readonly answers: Answers;
}

/** By what a question is about: who answers it. Of what is not here, nobody asks. */
export type Answers = {
  readonly [About in Question['about']]?: (
    question: Extract<Question, { about: About }>,
  ) => Promise<Extract<Answer, { about: About }>>;
};

/** What the wire takes of a text for people. */
const MOST_TEXT = 4096;

/** How the link is, for people. */
export interface LinkStatus {
  readonly isConnected: boolean;
  /** Of the desired state that is kept; null: the full one never came. */
  readonly revision: number | null;
  /** Why the last try or session ended; null: nothing is wrong. */
  readonly problem: SriovError | null;
}

/** The link of one agent to its controller: one session after the other, as long as the agent lives. */
export class ControllerLink {
  readonly #options: ControllerLinkOptions;
  readonly #kept: KeptDesiredKeeper;
  readonly #news = new ToldNews();
  readonly #steps = new StepLog(crypto.randomUUID());
  readonly #backOff: BackOff;
  readonly #stopping = new AbortController();
  #session: Session | null = null;
  #problem: SriovError | null;
  #running: Promise<void> | null = null;

  private constructor(options: ControllerLinkOptions, kept: KeptDesiredKeeper, problem: SriovError | null) {
    this.#options = options;
    this.#kept = kept;
    this.#problem = problem;
    this.#backOff = new BackOff(options.random);
  }

  /** Reads what is kept. What cannot be read counts as not there: the controller sends it again. */
  static async open(options: ControllerLinkOptions): Promise<ControllerLink> {
    try {
      const kept = await options.store.read();
      return new ControllerLink(options, new KeptDesiredKeeper(options.store, kept), null);
    } catch (thrown) {
      return new ControllerLink(options, new KeptDesiredKeeper(options.store, null), toSriovError(thrown));
    }
  }

  /** Starts to dial. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the session. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#session?.connection.close(CLOSE_CODE.goingAway);
    await this.#running;
  }

  get status(): LinkStatus {
    return {
      isConnected: this.#session !== null,
      revision: this.#kept.latest?.revision ?? null,
      problem: this.#problem,
    };
  }

  /** What the controller wants, on disk by now. @throws what the store throws */
  async wish(): Promise<FleetWish> {
    const kept = await this.#kept.written();
    return kept === null ? { kind: 'unknown' } : { kind: 'known', kept };
  }

  /** Tells what became of ports: all that is known of them now. */
  tellOutcomes(outcomes: readonly PortOutcome[]): void {
    this.#news.putOutcomes(outcomes);
    this.#tell();
  }

  /** Tells what the host is like. */
  tellReport(report: HostReport): void {
    this.#news.putReport(report, new Date(this.#options.clock.now()));
    this.#tell();
  }

  /** Notes a step for the controller's audit log. It is told with the next outcomes or report: nobody waits for it. */
  noteStep(record: StepRecord, cause: StepCause): void {
    const { ports = [], removed = [] } = this.#kept.latest ?? {};
    const attachment = [...ports, ...removed].find((each) => each.attachmentId === record.attachmentId);
    const words = stepWords(record, cause);
    this.#steps.put({
      ...words,
      at: new Date(this.#options.clock.now()).toISOString(),
      portId: attachment?.portId ?? null,
      error: words.error && { ...words.error, message: words.error.message.slice(0, MOST_TEXT) },
    });
  }

  #tell(): void {
    const session = this.#session;
    if (session === null) return;
    for (const text of this.#news.takeMessages()) session.connection.send(text);
    const steps = this.#steps.takeMessage();
    if (steps !== null) session.connection.send(steps);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#problem = await this.#runSession();
      if (signal.aborted) return;
      this.#options.onStatus(this.status);
      await this.#options.clock.sleep(this.#backOff.next(), signal);
    }
  }

  /** One session, from dialling to its end. @returns why it ended */
  async #runSession(): Promise<SriovError> {
    const { dial, clock, hostId, bootId, version } = this.#options;
    const ended = Promise.withResolvers<SriovError>();
    const over = new AbortController();
    let heardAt = clock.now();
    let refused: SriovError | null = null;
    try {
      const connection = await dial(
        {
          message: (text) => {
            heardAt = clock.now();
            refused ??= this.#receive(text, connection);
          },
          pong: () => {
            heardAt = clock.now();
          },
          closed: (code, reason) => ended.resolve(this.#endOf(code, reason)),
        },
        this.#stopping.signal,
      );
      this.#session = { connection };
      this.#news.forget();
      this.#steps.forget();
      const revision = this.#kept.latest?.revision ?? null;
      connection.send(
        JSON.stringify({
          kind: 'hello',
          protocol: LINK_PROTOCOL,
          hostId,
          bootId,
          version,
          revision,
          answers: Object.keys(this.#options.answers),
        }),
      );
      this.#tell();
      this.#problem = null;
      this.#options.onStatus(this.status);
      if (this.#stopping.signal.aborted) connection.close(CLOSE_CODE.goingAway);
      void this.#beat(connection, () => heardAt, over.signal);
      const reason = await ended.promise;
      return refused ?? reason;
    } catch (thrown) {
      return toSriovError(thrown);
    } finally {
      this.#session = null;
      over.abort();
    }
  }

  /** Pings for as long as the session lives, and ends it when nobody answers. */
  async #beat(connection: LinkConnection, heardAt: () => number, over: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await clock.sleep(HEARTBEAT_EVERY_MS, over);
      if (over.aborted) return;
      if (clock.now() - heardAt() > SILENT_AFTER_MS) return connection.close(CLOSE_CODE.silent);
      connection.ping();
    }
  }

  #endOf(code: number, reason: string): SriovError {
    // Whoever replaced this session would be replaced by the next one at once.
    if (code === CLOSE_CODE.replaced) this.#backOff.exhaust();
    return new SriovError(
      'CONTROLLER_UNREACHABLE',
      `Cannot keep the link to the controller: it was closed (${reason === '' ? code : reason})`,
      { details: { code }, hint: 'Nothing to do if it passes: the agent dials again' },
    );
  }

  /** @returns why the session has to end, or null */
  #receive(text: string, connection: LinkConnection): SriovError | null {
    const message = parseOrError(text);
    if (message instanceof SriovError) {
      this.#backOff.exhaust();
      connection.close(CLOSE_CODE.malformed);
      return message;
    }
    if (message.kind === 'refused') {
      this.#backOff.exhaust();
      return errorOfTold(message);
    }
    if (message.kind === 'steps-kept') {
      this.#steps.acknowledge(message.log, message.next);
      this.#tell();
    } else if (message.kind === 'ask') void this.#answer(message, connection);
    else this.#takeDesired(message, connection);
    return null;
  }

  async #answer({ id, question }: Ask, connection: LinkConnection): Promise<void> {
    const answer = await this.#answerOf(question).catch((thrown: unknown): Answer => {
      const { code, message, hint } = toSriovError(thrown);
      return { about: 'error', code, message: message.slice(0, MOST_TEXT), hint: hint.slice(0, MOST_TEXT) };
    });
    connection.send(JSON.stringify({ kind: 'answer', id, answer }));
  }

  async #answerOf(question: Question): Promise<Answer> {
    const { traffic, apply } = this.#options.answers;
    if (question.about === 'traffic' && traffic !== undefined) return traffic(question);
    if (question.about === 'apply' && apply !== undefined) return apply(question);
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot answer about ${question.about}: this agent was not asked to`,
    );
  }

  #takeDesired(message: DesiredMessage, connection: LinkConnection): void {
    const kept = afterDesired(this.#kept.latest, message);
    if (kept === null) return connection.send(JSON.stringify({ kind: 'resync' }));
    this.#backOff.reset();
    this.#kept.put(kept);
    this.#options.onDesired();
  }
}

interface Session {
  readonly connection: LinkConnection;
}

function parseOrError(text: string): ControllerMessage | SriovError {
  try {
    return parseControllerMessage(text);
  } catch (thrown) {
    return toSriovError(thrown);
  }
}
