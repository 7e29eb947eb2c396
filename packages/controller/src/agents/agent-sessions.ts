import { CLOSE_CODE, type Question, SILENT_AFTER_MS } from '@virtfn/contract/agent-link';
import { type HostId, SriovError, toSriovError } from '@virtfn/model';
import type { AgentConnection } from './agent-connection.ts';
import { AgentSession, type AnswerAbout } from './agent-session.ts';
import { CoalescedTask } from './coalesced-task.ts';
import type { FleetBackend } from './fleet-backend.ts';
import { Gate } from './gate.ts';

export interface AgentSessionsOptions {
  readonly backend: FleetBackend;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: SriovError, hostId: HostId | null) => void;
}

/** What the owner of a connection tells of it. */
export interface SessionInput {
  message(text: string): void;
  /** A ping, or anything else that shows that the agent is there. */
  heard(): void;
  closed(): void;
}

/** Calls to the backend at once, for all sessions together. */
const MOST_CALLS = 64;
const TELL_HEARD_EVERY_MS = 10_000;

/** All agents that are connected to this controller, one session a host. */
export class AgentSessions {
  readonly #options: AgentSessionsOptions;
  readonly #gate = new Gate(MOST_CALLS);
  /** Sessions whose agent has said who it is. */
  readonly #byHost = new Map<HostId, AgentSession>();
  readonly #all = new Set<AgentSession>();
  readonly #tellHeard: CoalescedTask;
  #heardToldAt: number;

  constructor(options: AgentSessionsOptions) {
    this.#options = options;
    this.#heardToldAt = options.now();
    this.#tellHeard = new CoalescedTask(
      () => this.#tellWhoWasHeard(),
      (error) => options.onError(toSriovError(error), null),
    );
  }

  /** How many connections there are. */
  get size(): number {
    return this.#all.size;
  }

  /** Takes a connection whose certificate was found good. */
  open(connection: AgentConnection): SessionInput {
    const session = new AgentSession({
      ...this.#options,
      connection,
      gate: this.#gate,
      sessionId: crypto.randomUUID(),
      onHello: (each) => this.#register(each),
    });
    this.#all.add(session);
    return {
      message: (text) => session.message(text),
      heard: () => session.heard(),
      closed: () => this.#remove(session),
    };
  }

  /**
   * Something changed for this host: its agent is told at once, if it is connected here. Many calls are one message. Cheap
   * for hosts that are not.
   */
  wake(hostId: HostId): void {
    this.#byHost.get(hostId)?.wake();
  }

  /** Ends the session of a host, if it has one here, and tells its agent why. */
  refuse(hostId: HostId, error: SriovError): void {
    this.#byHost.get(hostId)?.refuse(error);
  }

  /**
   * Asks the agent of a host that is connected here.
   *
   * @throws {SriovError} AGENT_UNREACHABLE; what `AgentSession.ask` throws
   */
  async ask<About extends Question['about']>(
    hostId: HostId,
    question: Extract<Question, { about: About }>,
    limitMs: number,
  ): Promise<AnswerAbout<About>> {
    const session = this.#byHost.get(hostId);
    if (session !== undefined) return session.ask(question, limitMs);
    throw new SriovError(
      'AGENT_UNREACHABLE',
      `Cannot ask the agent of host ${hostId}: it is not connected to this controller`,
      {
        details: { host: hostId },
        hint: 'Look at `systemctl status virtfn-agent` on the host; where there are several controllers, ask the one that it is connected to',
      },
    );
  }

  /** Ends silent sessions, tells the backend who was heard, and repeats what failed. To be called every few seconds. */
  sweep(): void {
    const now = this.#options.now();
    for (const session of this.#all) {
      if (now - session.heardAt > SILENT_AFTER_MS) {
        session.close(CLOSE_CODE.silent, 'silent');
        this.#remove(session);
      } else session.retry();
    }
    if (now - this.#heardToldAt >= TELL_HEARD_EVERY_MS) this.#tellHeard.request();
  }

  /** Ends all sessions: the controller stops. */
  close(): void {
    for (const session of this.#all) session.close(CLOSE_CODE.goingAway, 'the controller stops');
  }

  #register(session: AgentSession): void {
    const former = this.#byHost.get(session.hostId);
    this.#byHost.set(session.hostId, session);
    // A host that was cut off and is back does not wait until its old connection has been silent for long enough.
    former?.close(CLOSE_CODE.replaced, 'the host has opened another session');
  }

  #remove(session: AgentSession): void {
    session.over();
    this.#all.delete(session);
    if (this.#byHost.get(session.hostId) === session) this.#byHost.delete(session.hostId);
  }

  async #tellWhoWasHeard(): Promise<void> {
    const since = this.#heardToldAt;
    const now = this.#options.now();
    const hostIds = [...this.#byHost].filter(([, { heardAt }]) => heardAt >= since).map(([hostId]) => hostId);
    if (hostIds.length > 0) await this.#options.backend.heard(hostIds, new Date(now));
    this.#heardToldAt = now;
  }
}
