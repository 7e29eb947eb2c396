import type { PhysicalNetwork } from '@virtfn/model';
import type { ScheduleRequest, SchedulerHost, SchedulerPf } from './request.ts';

type Strategy = ScheduleRequest['strategy'];

/** Hosts whose best PF is equally loaded, to a hundredth. */
type Level = Map<string, SchedulerHost>;

/** Of one wire under one strategy, by hundredths of load. */
type Levels = readonly Level[];

const LEVELS = 101;
const STRATEGIES = ['spread', 'pack'] as const;

/** Share of a PF's VFs that ports have: 0 to 1. */
export function loadOf({ pf, taken }: SchedulerPf): number {
  return pf.numVfs === 0 ? 0 : taken.size / pf.numVfs;
}

/** In which hundredth a load is. */
export const levelOf = (load: number): number => Math.min(LEVELS - 1, Math.max(0, Math.floor(load * 100)));

/**
 * Hosts in the order in which a port would like them, kept as they change: a fleet has ten thousand, and the first few are
 * all that a choice has to look at.
 */
export class HostsByLoad {
  readonly #hosts = new Map<string, SchedulerHost>();
  readonly #levelsOfHost = new Map<string, readonly Level[]>();
  readonly #wires = new Map<PhysicalNetwork, Readonly<Record<Strategy, Levels>>>();

  /** Takes a host, or its new state. */
  put(host: SchedulerHost): void {
    this.remove(host.hostId);
    this.#hosts.set(host.hostId, host);
    const levels: Level[] = [];
    for (const wire of new Set(host.pfs.flatMap(({ physicalNetworks }) => physicalNetworks))) {
      const loads = host.pfs
        .filter((each) => each.physicalNetworks.includes(wire) && mayHaveVfs(each))
        .map(loadOf);
      if (loads.length === 0) continue;
      const { spread, pack } = this.#levelsOf(wire);
      levels.push(
        spread[levelOf(Math.min(...loads))] ?? new Map(),
        pack[levelOf(Math.max(...loads))] ?? new Map(),
      );
    }
    for (const level of levels) level.set(host.hostId, host);
    this.#levelsOfHost.set(host.hostId, levels);
  }

  remove(hostId: string): void {
    this.#hosts.delete(hostId);
    for (const level of this.#levelsOfHost.get(hostId) ?? []) level.delete(hostId);
    this.#levelsOfHost.delete(hostId);
  }

  find(hostId: string): SchedulerHost | undefined {
    return this.#hosts.get(hostId);
  }

  all(): readonly SchedulerHost[] {
    return [...this.#hosts.values()];
  }

  /** Hosts with a PF on the wire that may have a VF, the best first, each with the level of its best PF there. */
  *inOrder(
    wire: PhysicalNetwork,
    strategy: Strategy,
  ): Iterable<{ readonly host: SchedulerHost; readonly level: number }> {
    const levels = this.#wires.get(wire)?.[strategy] ?? [];
    for (let place = 0; place < levels.length; place += 1) {
      const level = strategy === 'spread' ? place : levels.length - 1 - place;
      for (const host of levels[level]?.values() ?? []) yield { host, level };
    }
  }

  #levelsOf(wire: PhysicalNetwork): Readonly<Record<Strategy, Levels>> {
    const known = this.#wires.get(wire);
    if (known !== undefined) return known;
    const [spread, pack] = STRATEGIES.map((): Levels => Array.from({ length: LEVELS }, () => new Map()));
    const made = { spread: spread ?? [], pack: pack ?? [] };
    this.#wires.set(wire, made);
    return made;
  }
}

/** Whether it may have a VF for anybody: what never has would be looked at first each time, since nothing of it is used. */
function mayHaveVfs({ pf, taken }: SchedulerPf): boolean {
  return pf.adminUp && pf.carrier && taken.size < pf.numVfs && !taken.has(-1);
}
