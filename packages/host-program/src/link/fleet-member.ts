import type { Clock } from '@virtfn/host';
import type { FleetView, FleetWish, StepCause, StepRecord } from '@virtfn/agent';
import { type Answers, ControllerLink, type LinkStatus } from '@virtfn/agent/link';
import type { FleetStatusDocument, HostReport } from '@virtfn/contract';
import type { PortOutcome } from '@virtfn/contract/agent-link';
import { parseHostId, toSriovError } from '@virtfn/model';
import packageJson from '../../package.json' with { type: 'json' };
import { dialController } from './dial-controller.ts';
import { statusOfMember } from './fleet-on-disk.ts';
import { keptDesiredFile } from './kept-desired-file.ts';
import { type Membership, readMembership } from './membership.ts';
import { renewCertificate } from './renew-certificate.ts';

export interface FleetMemberOptions {
  /** The agent's state folder. */
  readonly folder: string;
  readonly bootId: string;
  readonly clock: Clock;
  /** Something else is wanted of the host. */
  readonly onDesired: () => void;
  readonly log: (line: string) => void;
  /** Who answers what the controller asks. */
  readonly answers?: Answers;
}

const RENEWAL_EVERY_MS = 6 * 3_600_000;

/** This host as a member of a fleet, or of none: it follows what `virtfn agent enrol` writes while the agent runs. */
export class FleetMember implements FleetView {
  readonly #options: FleetMemberOptions;
  readonly #stopping = new AbortController();
  #present: { readonly membership: Membership; readonly link: ControllerLink } | null = null;
  #turn: Promise<void> = Promise.resolve();
  #told = '';

  constructor(options: FleetMemberOptions) {
    this.#options = options;
  }

  /** As the fleet calls this host; null: it is in none. */
  get hostId(): string | null {
    return this.#present?.membership.hostId ?? null;
  }

  /** Whether a controller hears this host; null: it is in no fleet. */
  get isLinkUp(): boolean | null {
    return this.#present?.link.status.isConnected ?? null;
  }

  /** Joins the fleet that the state folder names, if there is one, and renews the certificate from then on. */
  async start(): Promise<void> {
    await this.reload();
    void this.#keepCertified();
  }

  /** Reads the membership again, and dials anew if it is another one. */
  reload(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#reload());
    return this.#turn;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#turn;
    await this.#present?.link.stop();
  }

  async wish(): Promise<FleetWish> {
    return this.#present === null ? { kind: 'no-fleet' } : this.#present.link.wish();
  }

  async status(): Promise<FleetStatusDocument> {
    if (this.#present === null) return { kind: 'no-fleet' };
    const { membership, link } = this.#present;
    const { isConnected, revision, problem } = link.status;
    const { code = '', message = '', hint = '' } = problem ?? {};
    return statusOfMember(membership, {
      isConnected,
      revision,
      problem: problem === null ? null : { code, message, hint },
    });
  }

  tellOutcomes(outcomes: readonly PortOutcome[]): void {
    this.#present?.link.tellOutcomes(outcomes);
  }

  tellReport(report: HostReport): void {
    this.#present?.link.tellReport(report);
  }

  noteStep(record: StepRecord, cause: StepCause): void {
    this.#present?.link.noteStep(record, cause);
  }

  async #reload(): Promise<void> {
    const { folder, log } = this.#options;
    try {
      const membership = await readMembership(folder);
      const former = this.#present;
      if (this.#stopping.signal.aborted || isSame(membership, former?.membership ?? null)) return;
      await former?.link.stop();
      this.#present = membership === null ? null : { membership, link: await this.#openLink(membership) };
      this.#present?.link.start();
      this.#options.onDesired();
    } catch (thrown) {
      const { message, code } = toSriovError(thrown);
      log(`${message} (${code})`);
    }
  }

  #openLink(membership: Membership): Promise<ControllerLink> {
    const { folder, bootId, clock, onDesired, answers = {} } = this.#options;
    return ControllerLink.open({
      hostId: parseHostId(membership.hostId),
      bootId,
      version: packageJson.version,
      dial: dialController(membership),
      store: keptDesiredFile(folder),
      clock,
      random: Math.random,
      onDesired,
      answers,
      onStatus: (status) => this.#tellStatus(membership, status),
    });
  }

  #tellStatus({ url }: Membership, { isConnected, problem }: LinkStatus): void {
    const told = isConnected
      ? `connected to the controller at ${url}`
      : problem === null
        ? `not connected to the controller at ${url}`
        : `${problem.message} (${problem.code})`;
    if (told !== this.#told) this.#options.log(told);
    this.#told = told;
  }

  async #keepCertified(): Promise<void> {
    const { clock, folder, log } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const membership = this.#present?.membership ?? null;
        const now = new Date(clock.now());
        if (membership !== null && (await renewCertificate(folder, membership, now)) !== null)
          await this.reload();
      } catch (thrown) {
        const { message, code } = toSriovError(thrown);
        log(`${message} (${code})`);
      }
      await clock.sleep(RENEWAL_EVERY_MS, signal);
    }
  }
}

function isSame(a: Membership | null, b: Membership | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
