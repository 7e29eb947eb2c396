import type {
  DomainStepOutcome,
  Host,
  HostEvent,
  Hypervisor,
  HypervisorEvent,
  ListedDomain,
  SettingOutcome,
  SettingStep,
} from '@virtfn/host';
import { applyOneByOne } from '@virtfn/host';
import type { DomainStep, HostStep, ObservedDomain, ObservedHost } from '@virtfn/model';

/** When an agent dies: at its n-th step on host or machine, half of the times right before it, half right after. */
export class Mortality {
  readonly #onStep: () => void;
  #left = Number.POSITIVE_INFINITY;
  #death = Promise.withResolvers<'killed'>();

  /** @param onStep called after every step, also of one who dies */
  constructor(onStep: () => void) {
    this.#onStep = onStep;
  }

  /** Half a step is the moment before the change. */
  killAfter(halfSteps: number): void {
    this.#left = halfSteps;
  }

  death(): Promise<'killed'> {
    return this.#death.promise;
  }

  /** Nobody dies any more; whoever is dead stays so until another agent takes over. */
  spare(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  /** Another agent takes over. */
  rise(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#death = Promise.withResolvers();
  }

  async step<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isOver()) return this.#die();
    try {
      const result = await work();
      this.#onStep();
      if (this.#isOver()) return await this.#die();
      return result;
    } catch (error) {
      this.#onStep();
      throw error;
    }
  }

  #isOver(): boolean {
    this.#left -= 1;
    return this.#left === 0;
  }

  /** Whoever waits for the dead waits for ever. */
  #die(): Promise<never> {
    this.#death.resolve('killed');
    return new Promise(() => {});
  }
}

/** A host on whose steps its agent may die. */
export class MortalHost implements Host {
  readonly #host: Host;
  readonly #mortality: Mortality;

  constructor(host: Host, mortality: Mortality) {
    this.#host = host;
    this.#mortality = mortality;
  }

  get hostId(): Host['hostId'] {
    return this.#host.hostId;
  }

  observe(): Promise<ObservedHost> {
    return this.#host.observe();
  }

  watch(listener: (event: HostEvent) => void): () => void {
    return this.#host.watch(listener);
  }

  apply(step: HostStep): Promise<void> {
    return this.#mortality.step(() => this.#host.apply(step));
  }

  applySettings(steps: readonly SettingStep[]): Promise<readonly SettingOutcome[]> {
    return applyOneByOne(this, steps);
  }
}

/** Virtual machines on whose steps the agent may die. */
export class MortalHypervisor implements Hypervisor {
  readonly #hypervisor: Hypervisor;
  readonly #mortality: Mortality;

  constructor(hypervisor: Hypervisor, mortality: Mortality) {
    this.#hypervisor = hypervisor;
    this.#mortality = mortality;
  }

  observe(): Promise<readonly ObservedDomain[]> {
    return this.#hypervisor.observe();
  }

  list(): Promise<readonly ListedDomain[]> {
    return this.#hypervisor.list();
  }

  watch(listener: (event: HypervisorEvent) => void): () => void {
    return this.#hypervisor.watch(listener);
  }

  apply(step: DomainStep): Promise<DomainStepOutcome> {
    return this.#mortality.step(() => this.#hypervisor.apply(step));
  }

  migrate(...given: Parameters<Hypervisor['migrate']>): Promise<void> {
    return this.#mortality.step(() => this.#hypervisor.migrate(...given));
  }

  close(): Promise<void> {
    return this.#hypervisor.close();
  }
}
