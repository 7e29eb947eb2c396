import {
  type AgentMessage,
  type Answer,
  CLOSE_CODE,
  type Hello,
  LINK_PROTOCOL,
  parseAgentMessage,
  type PortOutcome,
  type Question,
  reportOfMessage,
  type StepsMessage,
} from '@virtfn/contract/agent-link';
import type { HostReport } from '@virtfn/contract';
import { errorOfTold, type HostId, isSriovError, SriovError, toSriovError } from '@virtfn/model';
import type { AgentConnection } from './agent-connection.ts';
import { CoalescedTask } from './coalesced-task.ts';
import type { FleetBackend } from './fleet-backend.ts';
import type { Gate } from './gate.ts';
import { PendingQuestions } from './pending-questions.ts';

export interface AgentSessionOptions {
  readonly connection: AgentConnection;
  readonly backend: FleetBackend;
  readonly gate: Gate;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sessionId: string;
  /** The agent has said who it is. */
  readonly onHello: (session: AgentSession) => void;
  readonly onError: (error: SriovError, hostId: HostId) => void;
}

/** Errors of the backend that pass by themselves; all others are an answer. */
const PASSING: ReadonlySet<string> = new Set(['STORE_FAILED', 'INTERNAL']);

/**
 * One agent's session. What it tells is kept only as the last word on each thing until the backend has taken it, so that
 * an agent that tells faster than the backend takes costs no memory.
 *
 *   hello ─▶ backend.connected ─▶ desired, at once and after each wake
 *                              └▶ outcomes, report: as they come
 *   ask ─▶ answer: while somebody waits for it
 */
export class AgentSession {
  readonly hostId: HostId;
  heardAt: number;
  readonly #options: AgentSessionOptions;
  #hello: Hello | null = null;
  /** Whether the backend knows of the session. */
  #isConnected = false;
  #isOver = false;
  #report: HostReport | null = null;
  #outcomes = new Map<string, PortOutcome>();
  /** One message at most: the agent waits for its acknowledgement before it sends the next. */
  #steps: StepsMessage | null = null;
  /** The revision that the agent is at, once it has got all that was sent. */
  #sentRevision: number | null = null;
  #hasSent = false;
  readonly #intake: CoalescedTask;
  readonly #push: CoalescedTask;
  readonly #questions: PendingQuestions;

  constructor(options: AgentSessionOptions) {
    this.#options = options;
    this.hostId = options.connection.hostId;
    this.heardAt = options.now();
    this.#questions = new PendingQuestions(this.hostId);
    const task = (work: () => Promise<void>): CoalescedTask =>
      new CoalescedTask(
        () => options.gate.enter(work),
        (error) => options.onError(toSriovError(error), this.hostId),
      );
    this.#intake = task(() => this.#takeIn());
    this.#push = task(() => this.#pushDesired());
  }

  /** Takes one message. One that is wrong ends the session. */
  message(text: string): void {
    this.heard();
    if (this.#isOver) return;
    try {
      this.#receive(parseAgentMessage(text));
    } catch (thrown) {
      const error = toSriovError(thrown);
      this.#options.onError(error, this.hostId);
      this.refuse(error, error.code === 'REQUEST_INVALID' ? CLOSE_CODE.malformed : CLOSE_CODE.refused);
    }
  }

  /** The agent is there. */
  heard(): void {
    this.heardAt = this.#options.now();
  }

  /** Something changed for this host. */
  wake(): void {
    if (this.#isConnected) this.#push.request();
  }

  /**
   * Asks the agent something that somebody waits for.
   *
   * @param limitMs how long the agent may take
   * @throws {SriovError} AGENT_UNREACHABLE; LINK_PROTOCOL_UNSUPPORTED when it knows no such question; what it answers
   */
  async ask<About extends Question['about']>(
    question: Extract<Question, { about: About }>,
    limitMs: number,
  ): Promise<AnswerAbout<About>> {
    const { version = '', answers = [] } = this.#hello ?? {};
    if (!answers.includes(question.about)) {
      throw new SriovError(
        'LINK_PROTOCOL_UNSUPPORTED',
        `Cannot ask the agent of host ${this.hostId} about ${question.about}: it is version ${version}, which does not know of it`,
        { hint: 'Update the agent' },
      );
    }
    const answer = await this.#questions.ask((ask) => this.#options.connection.send(ask), question, limitMs);
    if (answer.about === 'error') throw errorOfTold(answer);
    if (isAbout(answer, question.about)) return answer;
    throw new SriovError(
      'INTERNAL',
      `Cannot use the answer of host ${this.hostId}: it is about ${answer.about}, and was asked about ${question.about}`,
    );
  }

  /** Tries again what the backend did not take. */
  retry(): void {
    this.#intake.retry();
    this.#push.retry();
  }

  /** Ends the session from this side, with its reason. */
  refuse({ code, message, hint }: SriovError, closeCode: number = CLOSE_CODE.refused): void {
    this.#options.connection.send({ kind: 'refused', code, message, hint });
    this.close(closeCode, code);
  }

  close(code: number, reason: string): void {
    this.#options.connection.close(code, reason);
    this.over();
  }

  /** The connection is closed, whoever closed it. Idempotent. */
  over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#questions.end();
    this.#intake.request();
  }

  #receive(message: AgentMessage): void {
    if (message.kind === 'hello') return this.#greet(message);
    if (this.#hello === null)
      throw new SriovError('REQUEST_INVALID', `Cannot take "${message.kind}": the agent has not said hello`);
    switch (message.kind) {
      case 'report': {
        const report = reportOfMessage(message);
        this.#refuseForeign(report.observed.hostId);
        this.#report = report;
        return this.#intake.request();
      }
      case 'outcomes':
        for (const outcome of message.outcomes) this.#outcomes.set(outcome.attachmentId, outcome);
        return this.#intake.request();
      case 'steps':
        this.#steps = message;
        return this.#intake.request();
      case 'answer':
        return this.#questions.take(message);
      case 'resync':
        this.#sentRevision = null;
        return this.#push.request();
    }
  }

  #greet(hello: Hello): void {
    if (this.#hello !== null)
      throw new SriovError('REQUEST_INVALID', 'Cannot take "hello": the agent has said it before');
    if (hello.protocol !== LINK_PROTOCOL) {
      throw new SriovError(
        'LINK_PROTOCOL_UNSUPPORTED',
        `Cannot speak with agent ${hello.version}: it speaks link version ${hello.protocol}, the controller ${LINK_PROTOCOL}`,
      );
    }
    this.#refuseForeign(hello.hostId);
    this.#hello = hello;
    this.#sentRevision = hello.revision;
    this.#options.onHello(this);
    this.#intake.request();
  }

  #refuseForeign(hostId: HostId | string): void {
    if (hostId === this.hostId) return;
    throw new SriovError(
      'CERTIFICATE_REFUSED',
      `Cannot take what is said of host ${hostId}: the certificate is of host ${this.hostId}`,
    );
  }

  async #takeIn(): Promise<void> {
    const { backend, now, sessionId } = this.#options;
    if (this.#hello !== null && !this.#isConnected && !this.#isOver) await this.#connect(this.#hello);
    if (this.#isConnected) await this.#handOn();
    if (this.#isOver && this.#isConnected) {
      await backend.disconnected(this.hostId, sessionId, new Date(now()));
      this.#isConnected = false;
    }
  }

  async #connect({ bootId, version }: Hello): Promise<void> {
    const { backend, connection, now, sessionId } = this.#options;
    try {
      await backend.connected(this.hostId, {
        sessionId,
        bootId,
        version,
        at: new Date(now()),
        certifiedAt: connection.certifiedAt,
      });
    } catch (error) {
      if (!isSriovError(error) || PASSING.has(error.code)) throw error;
      return this.refuse(error);
    }
    this.#isConnected = true;
    this.#push.request();
  }

  /** Hands on what came in; what the backend does not take stays, unless something newer has come. */
  async #handOn(): Promise<void> {
    const { backend } = this.#options;
    const outcomes = this.#outcomes;
    if (outcomes.size > 0) {
      this.#outcomes = new Map();
      try {
        await backend.outcomes(this.hostId, [...outcomes.values()]);
      } catch (error) {
        this.#outcomes = new Map([...outcomes, ...this.#outcomes]);
        throw error;
      }
    }
    const report = this.#report;
    if (report !== null) {
      await backend.report(report);
      if (this.#report === report) this.#report = null;
    }
    const steps = this.#steps;
    if (steps !== null) {
      await backend.steps(this.hostId, steps);
      if (this.#steps === steps) this.#steps = null;
      const { log, first } = steps;
      this.#options.connection.send({ kind: 'steps-kept', log, next: first + steps.steps.length });
    }
  }

  async #pushDesired(): Promise<void> {
    if (this.#isOver || !this.#isConnected) return;
    const since = this.#sentRevision;
    const update = await this.#options.backend.desiredSince(this.hostId, since);
    // The agent has asked for the full state meanwhile: this task runs again.
    if (since !== this.#sentRevision) return;
    const isNews = !this.#hasSent || update.from === null || update.revision !== since;
    if (!isNews) return;
    this.#options.connection.send({ kind: 'desired', ...update });
    this.#sentRevision = update.revision;
    this.#hasSent = true;
  }
}

/** What answers a question. */
export type AnswerAbout<About extends Question['about']> = Extract<Answer, { about: About }>;

function isAbout<About extends Question['about']>(
  answer: Answer,
  about: About,
): answer is AnswerAbout<About> {
  return answer.about === about;
}
