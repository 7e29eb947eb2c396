import type { AttachmentDocument, HostDocument } from '@virtfn/contract';
import type { StandingVf } from '../standing.ts';

type MachineDocument = NonNullable<HostDocument['machines']>[number];

/** A virtual machine, as far as it is known. */
export interface Machine {
  /** Its UUID; where nobody has told it, its name. */
  readonly key: string;
  readonly name: string;
  /** null: its host has not told of it. */
  readonly state: MachineDocument['state'] | null;
}

/** Finds the machines of one host, by whatever names them. */
export class Machines {
  readonly #byKey: ReadonlyMap<string, Machine>;
  readonly #byName: ReadonlyMap<string, Machine>;

  constructor(documents: readonly MachineDocument[]) {
    const all = documents.map(({ domainId, name, state }): Machine => ({ key: domainId, name, state }));
    this.#byKey = new Map(all.map((machine) => [machine.key, machine]));
    this.#byName = new Map(all.map((machine) => [machine.name, machine]));
  }

  /** @param key as `Machine` has it */
  find(key: string): Machine | undefined {
    return this.#byKey.get(key);
  }

  /** In which a port is; null: in none that is known of. */
  ofAttachment({ vm }: AttachmentDocument): Machine | null {
    if (vm === null) return null;
    const known = this.#byKey.get(vm.domainId);
    return known ?? { key: vm.domainId, name: vm.name ?? vm.domainId, state: null };
  }

  /** In which a VF is: by its port, or else as the kernel shows who uses it. */
  ofVf({ vf, attachment }: StandingVf): Machine | null {
    const ofPort = attachment === undefined ? null : this.ofAttachment(attachment);
    if (ofPort !== null) return ofPort;
    const names = (vf?.users ?? []).flatMap((user) => ('vm' in user && user.vm !== null ? [user.vm] : []));
    const name = names[0];
    if (name === undefined) return null;
    return this.#byName.get(name) ?? { key: name, name, state: null };
  }

  /** Those that are not among these, by name. */
  without(keys: ReadonlySet<string>): readonly Machine[] {
    const others = [...this.#byKey.values()].filter(({ key }) => !keys.has(key));
    return others.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }
}
