import type { AttachmentDocument } from '@virtfn/contract';

/**
 * Names of virtual machines, as far as attachments have told them. A machine that has just come to a host has none there
 * until the host reports it, and no event says when that is.
 */
export class MachineNames {
  readonly #names = new Map<string, string>();

  /** The attachment with the name of its machine, where that was told before. */
  fill(attachment: AttachmentDocument): AttachmentDocument {
    const { vm } = attachment;
    if (vm === null) return attachment;
    if (vm.name !== null) this.#names.set(vm.domainId, vm.name);
    const name = vm.name ?? this.#names.get(vm.domainId) ?? null;
    return name === vm.name ? attachment : { ...attachment, vm: { ...vm, name } };
  }
}
