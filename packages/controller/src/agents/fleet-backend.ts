import type { DesiredMessage, PortOutcome, StepsMessage } from '@virtfn/contract/agent-link';
import type { CertifiedHost } from './agent-connection.ts';
import type { HostReport } from '@virtfn/contract';
import type { HostId } from '@virtfn/model';

/** How an agent introduces itself at the start of a session. */
export interface AgentIntroduction {
  /** Of this session alone. */
  readonly sessionId: string;
  readonly bootId: string;
  readonly version: string;
  readonly at: Date;
  /** When the certificate was made by which it is known. */
  readonly certifiedAt: Date;
}

/** What a host shall have, from a revision on: `DesiredMessage` says what each field holds. */
export type DesiredUpdate = Omit<DesiredMessage, 'kind'>;

/**
 * What the sessions need of the rest of the controller. Every method may be called again with the same arguments: a call
 * that failed is repeated some seconds later, with what has changed since.
 */
export interface FleetBackend {
  /**
   * Spends a one-time token.
   *
   * @param secretHash SHA-256 of the token's secret, hexadecimal
   * @returns whether it was good: known, not spent, not expired, and not made for another host
   * @throws {SriovError} ENROLMENT_REFUSED: it is for any host, and there is one of this name; STORE_FAILED
   */
  redeemEnrolment(secretHash: string, hostId: HostId): Promise<boolean>;

  /**
   * Makes sure that a certificate is still good.
   *
   * @throws {SriovError} CERTIFICATE_REFUSED: the host was taken out of the fleet since; STORE_FAILED
   */
  requireMember(host: CertifiedHost): Promise<void>;

  /**
   * A host's agent has connected. An error with another code than STORE_FAILED and INTERNAL refuses the session, and the
   * agent is told it: a host that was taken out of the fleet.
   */
  connected(hostId: HostId, introduction: AgentIntroduction): Promise<void>;

  /** These hosts were heard of since the last call: one call for all who are connected, every ten seconds. */
  heard(hostIds: readonly HostId[], at: Date): Promise<void>;

  /**
   * A session has ended. Compare-and-set: when the host has another session by then, perhaps with another controller,
   * nothing may change. A controller that dies tells nobody; that its hosts are not `heard` of does.
   */
  disconnected(hostId: HostId, sessionId: string, at: Date): Promise<void>;

  report(report: HostReport): Promise<void>;

  /**
   * What the host shall have.
   *
   * @param since the revision that the agent is at; null: none
   * @returns a delta whose `from` is `since`, or the full state with `from` null: the backend decides what it can
   */
  desiredSince(hostId: HostId, since: number | null): Promise<DesiredUpdate>;

  /** What became of ports, the last word on each attachment. An attachment may be one that is not known any more. */
  outcomes(hostId: HostId, outcomes: readonly PortOutcome[]): Promise<void>;

  /** What was done on a host, in its order. Steps that were taken before are not taken again. */
  steps(hostId: HostId, steps: StepsMessage): Promise<void>;
}
