import type { AgentIntroduction, DesiredUpdate, FleetBackend } from '@virtfn/controller/agents';
import type { DesiredPort, LocalPort, PortOutcome, StepsMessage } from '@virtfn/contract/agent-link';
import type { HostReport } from '@virtfn/contract';
import type { HostId } from '@virtfn/model';

/** What one change did to the ports of a host. */
interface Change {
  readonly put: DesiredPort | null;
  readonly removed: DesiredPort | null;
}

/** The rest of a controller, in memory: it outlives the controllers of a test, as a store does. */
export class MemoryBackend implements FleetBackend {
  /** SHA-256 of secrets, and for which host they are. */
  readonly tokens = new Map<string, HostId>();
  /** The session of each host that is connected. */
  readonly connections = new Map<HostId, AgentIntroduction>();
  readonly reports = new Map<HostId, HostReport>();
  /** The last word on each attachment. */
  readonly said = new Map<string, PortOutcome>();
  /** Messages as they came, in their order. */
  readonly toldSteps: StepsMessage[] = [];
  readonly heardHosts = new Set<HostId>();
  /** What `desiredSince` was asked with. */
  readonly asked: (number | null)[] = [];
  /** Thrown by every call while it is set. */
  failure: Error | null = null;
  #changes: Change[] = [];
  #localPorts: { readonly ports: readonly LocalPort[]; readonly revision: number } = {
    ports: [],
    revision: 0,
  };
  readonly #ports = new Map<string, DesiredPort>();
  readonly #leaving = new Map<string, DesiredPort>();
  readonly #waiting: (() => void)[] = [];
  /** Deltas from before it are not known any more. */
  #oldest = 0;

  put(port: DesiredPort): void {
    this.#ports.set(port.attachmentId, port);
    this.#changes.push({ put: port, removed: null });
  }

  remove(attachmentId: string): void {
    const port = this.#ports.get(attachmentId);
    if (port === undefined) return;
    this.#ports.delete(attachmentId);
    this.#leaving.set(attachmentId, port);
    this.#changes.push({ put: null, removed: port });
  }

  get localPorts(): readonly LocalPort[] {
    return this.#localPorts.ports;
  }

  putLocalPorts(ports: readonly LocalPort[]): void {
    this.#changes.push({ put: null, removed: null });
    this.#localPorts = { ports, revision: this.#revision };
  }

  get ports(): readonly DesiredPort[] {
    return [...this.#ports.values()];
  }

  /** Attachments whose release was not told yet. */
  get leaving(): readonly string[] {
    return [...this.#leaving.keys()];
  }

  /** From now on, whoever is at an older revision gets the full state. */
  forgetChanges(): void {
    this.#oldest = this.#revision;
  }

  /** Waits until something that was told makes it so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  get #revision(): number {
    return this.#changes.length;
  }

  #told(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #failIfAsked(): void {
    if (this.failure !== null) throw this.failure;
  }

  async redeemEnrolment(secretHash: string, hostId: HostId): Promise<boolean> {
    if (this.tokens.get(secretHash) !== hostId) return false;
    return this.tokens.delete(secretHash);
  }

  async requireMember(): Promise<void> {
    this.#failIfAsked();
  }

  async connected(hostId: HostId, introduction: AgentIntroduction): Promise<void> {
    this.#failIfAsked();
    this.connections.set(hostId, introduction);
    this.#told();
  }

  async heard(hostIds: readonly HostId[]): Promise<void> {
    for (const hostId of hostIds) this.heardHosts.add(hostId);
    this.#told();
  }

  async disconnected(hostId: HostId, sessionId: string): Promise<void> {
    if (this.connections.get(hostId)?.sessionId === sessionId) this.connections.delete(hostId);
    this.#told();
  }

  async report(report: HostReport): Promise<void> {
    this.#failIfAsked();
    this.reports.set(report.observed.hostId, report);
    this.#told();
  }

  async desiredSince(_hostId: HostId, since: number | null): Promise<DesiredUpdate> {
    this.#failIfAsked();
    this.asked.push(since);
    const isKnown = since !== null && since >= this.#oldest && since <= this.#revision;
    const later = this.#changes.slice(since ?? 0);
    const changed = new Set(later.map(({ put }) => put?.attachmentId));
    return {
      revision: this.#revision,
      from: isKnown ? since : null,
      ports: isKnown ? this.ports.filter(({ attachmentId }) => changed.has(attachmentId)) : this.ports,
      removed: [...this.#leaving.values()].map(({ portId, attachmentId }) => ({ portId, attachmentId })),
      localPorts: isKnown && this.#localPorts.revision <= since ? null : this.#localPorts.ports,
    };
  }

  async outcomes(_hostId: HostId, outcomes: readonly PortOutcome[]): Promise<void> {
    this.#failIfAsked();
    for (const outcome of outcomes) {
      this.said.set(outcome.attachmentId, outcome);
      if (outcome.kind === 'released') this.#leaving.delete(outcome.attachmentId);
    }
    this.#told();
  }

  async steps(_hostId: HostId, steps: StepsMessage): Promise<void> {
    this.#failIfAsked();
    this.toldSteps.push(steps);
    this.#told();
  }
}
