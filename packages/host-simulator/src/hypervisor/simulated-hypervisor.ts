import type { DomainStepOutcome, Hypervisor, HypervisorEvent, ListedDomain, Migration } from '@virtfn/host';
import {
  canMove,
  describeDomainStep,
  type DomainId,
  type DomainInterface,
  type DomainStep,
  isActive,
  movedInterface,
  type ObservedDomain,
  parseDomainId,
  SriovError,
} from '@virtfn/model';
import type { SimulatedMachine } from '../machine/index.ts';
import { DomainFaults } from './domain-faults.ts';
import { plugDevice, refused } from './plug-device.ts';
import {
  ANSWER_MS,
  type LiveDevice,
  type SimulatedDomain,
  type SimulatedDomainOptions,
} from './simulated-domain.ts';

/** Time limits, virtual milliseconds. */
const STEP_LIMIT_MS = 30_000;
/** How long `apply` waits for a guest before it says `asked`. */
const MOMENT_MS = 1000;
const LOOK_EVERY_MS = 20;
/** How long a machine takes to be copied. */
const MIGRATION_STEPS = 5;
const MIGRATION_STEP_MS = 200;

/** The Hypervisor port on simulated virtual machines, and what their owner does to them beside it. */
export class SimulatedHypervisor implements Hypervisor {
  readonly machine: SimulatedMachine;
  readonly faults = new DomainFaults();
  #domains: readonly SimulatedDomain[] = [];
  readonly #listeners = new Set<(event: HypervisorEvent) => void>();
  #downUntil = 0;
  #defined = 0;

  /** The other hypervisors that machines can be sent to, by address. */
  readonly #peers: ReadonlyMap<string, SimulatedHypervisor>;
  readonly #leaving = new Set<DomainId>();
  readonly #unreadable = new Map<DomainId, SriovError>();

  /** @param peers all hypervisors of a fleet, by the address under which they take machines; may be filled later */
  constructor(machine: SimulatedMachine, peers: ReadonlyMap<string, SimulatedHypervisor> = new Map()) {
    this.machine = machine;
    this.#peers = peers;
  }

  async observe(): Promise<readonly ObservedDomain[]> {
    this.#requireDaemon();
    return this.domains().map((domain) => {
      const unread = this.#unreadable.get(domain.domainId);
      return unread === undefined ? domain : { ...domain, live: [], config: [], unread };
    });
  }

  async list(): Promise<readonly ListedDomain[]> {
    this.#requireDaemon();
    return this.#domains.map(({ domainId, name, state }) => ({ domainId, name, state }));
  }

  /** The machines as they are, whether the daemon answers or not. */
  domains(): readonly ObservedDomain[] {
    return this.#domains.map(({ domainId, name, state, isPersistent, live, config }) => ({
      domainId,
      name,
      state,
      isPersistent,
      live: live.map((device) => device.interface),
      config,
      unread: null,
    }));
  }

  watch(listener: (event: HypervisorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async apply(step: DomainStep): Promise<DomainStepOutcome> {
    this.#requireDaemon();
    const fault = this.faults.takeForStep(step);
    switch (fault?.kind) {
      case 'refuse':
        throw refused('internal error: unable to execute QEMU command');
      case 'lose-request':
        return this.#timeOut(step);
      case 'lose-answer':
        await this.#perform(step);
        return this.#timeOut(step);
      case undefined:
        return this.#perform(step);
    }
  }

  /** As libvirt does it: prepared there, copied while it runs, paused here, resumed there. */
  async migrate(
    { domainId, uri, arrivals }: Migration,
    { signal, onProgress }: Parameters<Hypervisor['migrate']>[1],
  ): Promise<void> {
    this.#requireDaemon();
    const domain = this.#domains.find((each) => each.domainId === domainId);
    if (domain === undefined) return;
    const fail = (why: string): SriovError =>
      new SriovError('MIGRATION_FAILED', `Cannot move VM ${domain.name} to ${uri}: ${why}`);
    const peer = this.#peers.get(uri);
    if (peer === undefined) throw fail('no route to host');
    if (domain.state !== 'running' || this.#leaving.has(domainId)) throw fail('domain is not running');
    if (domain.live.some((device) => !canMove(device.interface)))
      throw fail('cannot migrate a domain with <hostdev>');
    this.#leaving.add(domainId);
    try {
      const arrived = peer.#prepare(domain, arrivals);
      try {
        for (let left = MIGRATION_STEPS; left > 0; left -= 1) {
          onProgress({ doneBytes: MIGRATION_STEPS - left, leftBytes: left });
          await this.machine.clock.sleep(MIGRATION_STEP_MS);
          if (signal.aborted || this.faults.takeForMigration()) throw fail('operation aborted');
          if (!isActive(domain)) throw fail('the guest has stopped');
        }
      } catch (error) {
        peer.stop(domainId);
        throw error;
      }
      domain.state = 'paused';
      this.#tell(domainId, true);
      arrived.state = 'running';
      peer.#tell(domainId, true);
      domain.isPersistent = false;
      this.stop(domainId);
    } finally {
      this.#leaving.delete(domainId);
    }
  }

  /** A machine comes: its devices are plugged, and it waits. @throws {SriovError} MIGRATION_FAILED */
  #prepare(from: SimulatedDomain, arrivals: Migration['arrivals']): SimulatedDomain {
    this.#requireDaemon();
    const move = (each: DomainInterface): DomainInterface => ({ ...each, ...movedInterface(each, arrivals) });
    if (this.faults.takeForMigration() || this.#domains.some(({ domainId }) => domainId === from.domainId))
      throw new SriovError('MIGRATION_FAILED', `Cannot take VM ${from.name}: the destination refuses`);
    const domain: SimulatedDomain = {
      ...from,
      state: 'paused',
      isPersistent: false,
      live: [],
      config: [],
      runs: from.runs + 1,
    };
    const plugged: LiveDevice[] = [];
    try {
      for (const { interface: each } of from.live)
        plugged.push(this.#plug(domain, move(each), plugged.length));
    } catch (error) {
      for (const device of plugged) device.unplug();
      throw new SriovError('MIGRATION_FAILED', `Cannot take VM ${from.name}: a device cannot be plugged`, {
        cause: error,
      });
    }
    domain.live = plugged;
    domain.isPersistent = from.isPersistent;
    domain.config = from.config.map(move);
    this.#domains = [...this.#domains, domain];
    this.#tell(domain.domainId);
    return domain;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  /** Makes a virtual machine known; it is shut off. */
  define(name: string, options: SimulatedDomainOptions = {}): DomainId {
    this.#defined += 1;
    const number = String(this.#defined).padStart(12, '0');
    const {
      domainId = parseDomainId(`00000000-0000-4000-8000-${number}`),
      guest = 'willing',
      slots = 8,
      memlock = 'enough',
      isPersistent = true,
    } = options;
    const domain = { domainId, name, guest, slots, memlock, isPersistent };
    this.#domains = [...this.#domains, { ...domain, state: 'shut-off', live: [], config: [], runs: 0 }];
    this.#tell(domainId);
    return domainId;
  }

  /** Starts a machine with what its configuration says. @throws {SriovError} HYPERVISOR_REFUSED, and it stays off */
  start(domainId: DomainId): void {
    const domain = this.#get(domainId);
    if (isActive(domain)) return;
    const plugged: LiveDevice[] = [];
    try {
      for (const each of domain.config) plugged.push(this.#plug(domain, each, plugged.length));
    } catch (error) {
      for (const device of plugged) device.unplug();
      throw error;
    }
    domain.runs += 1;
    domain.live = plugged;
    domain.state = 'running';
    this.#tell(domainId);
  }

  /** Ends a machine at once: by its owner, by its guest, or by a fault. */
  stop(domainId: DomainId): void {
    const domain = this.#domains.find((each) => each.domainId === domainId);
    if (domain === undefined || !isActive(domain)) return;
    const { live } = domain;
    domain.state = 'shut-off';
    domain.live = [];
    for (const device of live) device.unplug();
    if (!domain.isPersistent) this.#domains = this.#domains.filter((each) => each !== domain);
    this.#tell(domainId, true);
  }

  pause(domainId: DomainId): void {
    const domain = this.#get(domainId);
    if (domain.state === 'running') domain.state = 'paused';
    this.#tell(domainId);
  }

  /** A guest that goes on answers what it was asked meanwhile. */
  resume(domainId: DomainId): void {
    const domain = this.#get(domainId);
    if (domain.state === 'paused') domain.state = 'running';
    for (const device of domain.live.filter(({ isLeaving }) => isLeaving)) this.#ask(domain, device);
    this.#tell(domainId);
  }

  /** Forgets the configuration: a machine that runs goes on until it stops. */
  undefine(domainId: DomainId): void {
    const domain = this.#get(domainId);
    domain.isPersistent = false;
    domain.config = [];
    if (!isActive(domain)) this.#domains = this.#domains.filter((each) => each !== domain);
    this.#tell(domainId);
  }

  /** A guest that hears again answers what it was asked meanwhile. */
  setGuest(domainId: DomainId, guest: SimulatedDomain['guest']): void {
    const domain = this.#get(domainId);
    domain.guest = guest;
    for (const device of domain.live.filter(({ isLeaving }) => isLeaving)) this.#ask(domain, device);
  }

  /** libvirt refuses to show what a machine has, or shows it again. */
  setReadable(domainId: DomainId, isReadable: boolean): void {
    if (isReadable) this.#unreadable.delete(domainId);
    else this.#unreadable.set(domainId, refused('internal error: cannot format the domain'));
    this.#tell(domainId);
  }

  /** The daemon goes away for a while. Machines run on; what happens meanwhile is told to nobody. */
  restartDaemon(ms: number): void {
    this.#downUntil = this.machine.clock.now() + ms;
    this.machine.clock.after(ms, () => this.#emit({ kind: 'events-lost' }));
  }

  /** The host was switched off and on: no machine runs, and those without a configuration are gone. */
  reboot(): void {
    this.#domains = this.#domains.filter(({ isPersistent }) => isPersistent);
    for (const domain of this.#domains) {
      domain.state = 'shut-off';
      domain.live = [];
    }
    this.#emit({ kind: 'events-lost' });
  }

  async #perform(step: DomainStep): Promise<DomainStepOutcome> {
    const domain = this.#get(step.domainId);
    if (step.scope === 'config') return this.#configure(domain, step);
    if (step.kind === 'attach-interface') return this.#attach(domain, step.interface);
    return this.#detach(domain, step.alias);
  }

  #configure(domain: SimulatedDomain, step: DomainStep): DomainStepOutcome {
    if (step.kind === 'detach-interface') {
      domain.config = domain.config.filter((each) => each.alias !== step.alias);
    } else {
      if (!domain.isPersistent)
        throw new SriovError('VM_NOT_PERSISTENT', `Cannot ${describeDomainStep(step)}: it is transient`);
      if (domain.config.some((each) => each.alias === step.interface.alias)) return { kind: 'done' };
      domain.config = [...domain.config, step.interface];
    }
    this.#tell(domain.domainId);
    return { kind: 'done' };
  }

  #attach(domain: SimulatedDomain, device: DomainInterface): DomainStepOutcome {
    if (!isActive(domain))
      throw new SriovError('VM_NOT_RUNNING', `Cannot plug a device into VM ${domain.name}: it is shut off`);
    if (domain.live.some((each) => each.interface.alias === device.alias)) return { kind: 'done' };
    domain.live = [...domain.live, this.#plug(domain, device, domain.live.length)];
    this.#tell(domain.domainId);
    return { kind: 'done' };
  }

  #plug(domain: SimulatedDomain, device: DomainInterface, slotsTaken: number): LiveDevice {
    if (slotsTaken >= domain.slots)
      throw new SriovError(
        'NO_PCIE_SLOT',
        `Cannot plug a device into VM ${domain.name}: No more available PCI slots`,
      );
    const { kind } = device.source;
    if (domain.memlock === 'low' && (kind === 'vf' || kind === 'pci-device'))
      throw new SriovError(
        'MEMLOCK_LOW',
        `Cannot plug a device into VM ${domain.name}: cannot limit locked memory`,
      );
    return { interface: device, unplug: plugDevice(this.machine, device, domain.name), isLeaving: false };
  }

  async #detach(domain: SimulatedDomain, alias: string): Promise<DomainStepOutcome> {
    const find = (): LiveDevice | undefined => domain.live.find((each) => each.interface.alias === alias);
    const device = find();
    if (device === undefined) return { kind: 'done' };
    if (!device.isLeaving) {
      device.isLeaving = true;
      this.#ask(domain, device);
    }
    const { clock } = this.machine;
    const until = clock.now() + MOMENT_MS;
    while (find() === device && clock.now() < until) await clock.sleep(LOOK_EVERY_MS);
    return { kind: find() === device ? 'asked' : 'done' };
  }

  /** What a guest makes of the request to give a device back. */
  #ask(domain: SimulatedDomain, device: LiveDevice): void {
    const { guest, runs } = domain;
    if (guest === 'silent') return;
    this.machine.clock.after(ANSWER_MS[guest], () => {
      if (domain.runs !== runs || domain.state !== 'running' || !domain.live.includes(device)) return;
      if (guest === 'crashing') return this.stop(domain.domainId);
      domain.live = domain.live.filter((each) => each !== device);
      device.unplug();
      this.#tell(domain.domainId);
    });
  }

  #get(domainId: DomainId): SimulatedDomain {
    const domain = this.#domains.find((each) => each.domainId === domainId);
    if (domain !== undefined) return domain;
    throw new SriovError('VM_UNKNOWN', `Cannot find virtual machine ${domainId}`);
  }

  #requireDaemon(): void {
    if (this.machine.clock.now() >= this.#downUntil) return;
    throw new SriovError('HYPERVISOR_UNREACHABLE', 'Cannot ask libvirt: nobody answers on its socket');
  }

  async #timeOut(step: DomainStep): Promise<never> {
    await this.machine.clock.sleep(STEP_LIMIT_MS);
    throw new SriovError('STEP_TIMEOUT', `Cannot ${describeDomainStep(step)}: no answer from libvirt`);
  }

  #tell(domainId: DomainId, isUrgent = false): void {
    if (this.machine.clock.now() < this.#downUntil || this.faults.takeForEvent()) return;
    this.#emit({ kind: 'domain-changed', domainId, isUrgent });
  }

  #emit(event: HypervisorEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
