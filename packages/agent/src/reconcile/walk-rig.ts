import {
  applyOneByOne,
  type Host,
  type HostEvent,
  type SettingOutcome,
  type SettingStep,
} from '@virtfn/host';
import {
  type SimulatedHost,
  SimulatedMachine,
  type VirtualClock,
  CARDS,
  fishMachine,
  isVfOpen,
  MOVING_82576,
  type SimulatedVf,
} from '@virtfn/host-simulator';
import { type DesiredHost, type HostStep, isSameVlan, type ObservedHost, parseHostId } from '@virtfn/model';
import type { Journal } from '../journal/index.ts';

/** The machines that walks are walked on: the notes' host, and one with every other card, and one whose VFs move. */
export const WALK_MACHINES: readonly {
  readonly name: string;
  make(clock: VirtualClock): SimulatedMachine;
}[] = [
  { name: 'fish', make: (clock) => fishMachine(clock) },
  ...Object.entries({ ...CARDS, moving: MOVING_82576 })
    .filter(([name]) => name !== '82576' && name !== 'i350')
    .map(([name, card]) => ({
      name,
      make: (clock: VirtualClock) =>
        new SimulatedMachine(parseHostId(`host-${name}`), clock, [
          { card, slot: '0000:3b:00', netdevNames: ['ens1f0', 'ens1f1'] },
        ]),
    })),
];

/**
 * The host of a walk. Looks at the machine after every step (a VF may only be open for whom it was claimed, and may
 * only be opened with the security settings that its attachment wants), and can be killed at the n-th step.
 */
export class WalkHost implements Host {
  readonly violations: string[] = [];
  readonly #host: SimulatedHost;
  readonly #journal: Journal;
  #wanted = new Map<string, Extract<DesiredHost['pfs'][number]['vfs'][number], { kind: 'attached' }>>();
  #killAfter = Number.POSITIVE_INFINITY;
  #killed: () => void = () => {};
  #open = new Set<SimulatedVf>();

  constructor(host: SimulatedHost, journal: Journal) {
    this.#host = host;
    this.#journal = journal;
  }

  get hostId(): Host['hostId'] {
    return this.#host.hostId;
  }

  want(desired: DesiredHost): void {
    for (const pf of desired.pfs) {
      for (const vf of pf.vfs) if (vf.kind === 'attached') this.#wanted.set(vf.attachmentId, vf);
    }
  }

  /** The agent dies at its n-th step from now: half of the times right before the change, half right after. */
  killAfter(steps: number): Promise<void> {
    this.#killAfter = steps;
    return new Promise((resolve) => {
      this.#killed = resolve;
    });
  }

  /** Takes the order to die back, if it was not carried out. */
  spare(): void {
    this.#killAfter = Number.POSITIVE_INFINITY;
  }

  observe(): Promise<ObservedHost> {
    return this.#host.observe();
  }

  watch(listener: (event: HostEvent) => void): () => void {
    return this.#host.watch(listener);
  }

  async apply(step: HostStep): Promise<void> {
    this.#killAfter -= 1;
    if (this.#killAfter === 0 || this.#killAfter === 1) {
      if (this.#killAfter === 1) {
        await this.#host.apply(step).catch(() => {});
        this.#check(step);
      }
      this.#killAfter = Number.POSITIVE_INFINITY;
      this.#killed();
      return new Promise(() => {});
    }
    try {
      await this.#host.apply(step);
    } finally {
      this.#check(step);
    }
  }

  applySettings(steps: readonly SettingStep[]): Promise<readonly SettingOutcome[]> {
    return applyOneByOne(this, steps);
  }

  /** Notes every VF that is open and must not be. */
  #check(step: HostStep): void {
    const owners = new Map(
      this.#journal.claims().map((claim) => [`${claim.pf}/${claim.vfIndex}`, claim.attachmentId]),
    );
    const open = new Set<SimulatedVf>();
    for (const pf of this.#host.machine.pfs) {
      for (const vf of pf.vfs) {
        if (!isVfOpen(vf)) continue;
        open.add(vf);
        const owner = owners.get(`${pf.address}/${vf.vfIndex}`);
        const at = `VF ${vf.vfIndex} of PF ${pf.address} after ${JSON.stringify(step)}`;
        if (owner === undefined) this.violations.push(`open without an owner: ${at}`);
        if (owner === undefined || this.#open.has(vf)) continue;
        const wanted = this.#wanted.get(owner)?.settings;
        const isRight =
          wanted !== undefined &&
          // One-sided: more guarded than asked for is not unsafe (switchdev takes neither attribute).
          (!wanted.spoofCheck || vf.settings.spoofCheck === true) &&
          (wanted.trust || vf.settings.trust !== true) &&
          isSameVlan(vf.settings.vlan, wanted.vlan) &&
          vf.settings.adminMac === wanted.adminMac;
        if (!isRight)
          this.violations.push(
            `opened with wrong settings: ${at}: ${JSON.stringify(vf.settings)} for ${JSON.stringify(wanted)}`,
          );
      }
    }
    this.#open = open;
  }
}
