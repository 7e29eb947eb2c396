import type { PacketFilters } from '@virtfn/host';
import {
  describeFilterStep,
  type FilterStep,
  isSriovError,
  type NetdevName,
  type ObservedFilter,
  type PciAddress,
  type PortFilter,
  SriovError,
} from '@virtfn/model';
import { FilterFaults } from './filter-faults.ts';
import { FlowTable } from './flow-table.ts';
import { judgePacket } from './judge-packet.ts';
import type { Packet } from './packet.ts';

/** A filter that the kernel has. */
interface Table {
  /** null: it went with its interface. */
  netdevName: NetdevName | null;
  /** What it does. Somebody else may have changed it. */
  filter: PortFilter;
  /** Whether the running program put it there just as it is. */
  isKnown: boolean;
  readonly flows: FlowTable;
}

/** The interfaces of a host by their names, at the moment of the call. */
export type ListNetdevs = () => readonly NetdevName[];

/** Packet filters in memory, with a packet path to try them by, and with what may go wrong around nftables. */
export class SimulatedPacketFilters implements PacketFilters {
  readonly faults = new FilterFaults();
  readonly #tables = new Map<PciAddress, Table>();
  readonly #listNetdevs: ListNetdevs;
  readonly #listeners = new Set<() => void>();

  constructor(listNetdevs: ListNetdevs) {
    this.#listNetdevs = listNetdevs;
  }

  async observe(): Promise<readonly ObservedFilter[]> {
    const action = 'read the packet filters of VFs';
    const fault = this.faults.takeForLook();
    if (fault?.kind === 'unavailable') throw unavailable(action);
    if (fault?.kind === 'lose-look') throw timedOut(action);
    this.#forgetGone();
    return [...this.#tables].map(([pciAddress, { netdevName, filter, isKnown }]) => ({
      pciAddress,
      netdevName,
      filter: isKnown ? filter : null,
    }));
  }

  async apply(step: FilterStep): Promise<void> {
    const action = describeFilterStep(step);
    switch (this.faults.takeForStep(step)?.kind) {
      case 'unavailable':
        throw unavailable(action);
      case 'refuse':
        throw refused(action, 'the kernel says "No space left on device"');
      case 'lose-answer':
        this.#perform(step);
        this.#doubt(step);
        throw timedOut(action);
      case 'lose-request':
        this.#doubt(step);
        throw timedOut(action);
      case undefined:
        return this.#perform(step);
    }
  }

  async applyAll(steps: readonly FilterStep[]): Promise<readonly (SriovError | null)[]> {
    const errors: (SriovError | null)[] = [];
    for (const step of steps) {
      try {
        await this.apply(step);
        errors.push(null);
      } catch (error) {
        if (!isSriovError(error) || error.code === 'FILTERS_UNAVAILABLE') throw error;
        errors.push(error);
      }
    }
    return errors;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a packet passes the interface of a VF, at `now` in milliseconds; all pass where no filter is. */
  passes(netdevName: NetdevName, packet: Packet, now: number): boolean {
    this.#forgetGone();
    return [...this.#tables.values()]
      .filter((table) => table.netdevName === netdevName)
      .every(({ filter, flows }) => judgePacket(filter, flows, packet, now));
  }

  /** What really filters a VF, whoever put it there; null: nothing does. */
  filterOn(pciAddress: PciAddress): { readonly netdevName: NetdevName; readonly filter: PortFilter } | null {
    this.#forgetGone();
    const { netdevName = null, filter } = this.#tables.get(pciAddress) ?? {};
    return netdevName === null || filter === undefined ? null : { netdevName, filter };
  }

  /** `nft flush ruleset`: what an operator does who reloads nftables. */
  flushAll(): void {
    this.#tables.clear();
    this.#tell();
  }

  /** Somebody else changes a filter. */
  tamperWith(pciAddress: PciAddress, filter: PortFilter): void {
    const table = this.#tables.get(pciAddress);
    if (table === undefined)
      throw new RangeError(`Cannot change the filter of VF ${pciAddress}: there is none`);
    table.filter = filter;
    table.isKnown = false;
    this.#tell();
  }

  /** Another run of the program: the kernel's filters stay, and nobody knows what they were meant to be. */
  restartProgram(): void {
    for (const table of this.#tables.values()) table.isKnown = false;
  }

  #perform(step: FilterStep): void {
    if (step.kind === 'remove-filter') {
      this.#tables.delete(step.pciAddress);
      return this.#tell();
    }
    const { pciAddress, netdevName, filter } = step;
    if (!this.#listNetdevs().includes(netdevName))
      throw refused(describeFilterStep(step), 'there is no such interface');
    this.#forgetGone();
    const flows = this.#tables.get(pciAddress)?.flows ?? new FlowTable();
    this.#tables.set(pciAddress, { netdevName, filter, isKnown: true, flows });
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** An interface takes its filter along, and another of its name has none. */
  #forgetGone(): void {
    const netdevs = new Set(this.#listNetdevs());
    for (const table of this.#tables.values()) {
      if (table.netdevName === null || netdevs.has(table.netdevName)) continue;
      table.netdevName = null;
      table.isKnown = false;
    }
  }

  /** After a time-out the program does not know what is there. */
  #doubt({ pciAddress }: FilterStep): void {
    const table = this.#tables.get(pciAddress);
    if (table !== undefined) table.isKnown = false;
  }
}

const timedOut = (action: string): SriovError =>
  new SriovError('STEP_TIMEOUT', `Cannot ${action}: nft did not end within 30 s, or was ended`);

const refused = (action: string, found: string): SriovError =>
  new SriovError('FILTER_REFUSED', `Cannot ${action}: ${found}`);

const unavailable = (action: string): SriovError =>
  new SriovError('FILTERS_UNAVAILABLE', `Cannot ${action}: "nft: ENOENT"`, {
    details: { found: 'nft: ENOENT' },
  });
