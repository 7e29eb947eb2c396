import type { OwnPort } from '@virtfn/contract/agent-link';
import type { AttachmentId } from '@virtfn/model';

/** The ports that the owner of this host has attached here, without a controller. They outlive the agent. */
export interface OwnPortStore {
  /** @throws {SriovError} when what is there cannot be read */
  list(): Promise<readonly OwnPort[]>;
  /** Adds one, or changes the one of the same attachment. On disk when the promise resolves; all of it or nothing. */
  put(port: OwnPort): Promise<void>;
  remove(attachmentId: AttachmentId): Promise<void>;
}

/** Keeps them as long as the process lives: for hosts in memory. */
export class MemoryOwnPorts implements OwnPortStore {
  #ports: readonly OwnPort[] = [];

  async list(): Promise<readonly OwnPort[]> {
    return this.#ports;
  }

  async put(port: OwnPort): Promise<void> {
    this.#ports = withPort(this.#ports, port);
  }

  async remove(attachmentId: AttachmentId): Promise<void> {
    this.#ports = withoutPort(this.#ports, attachmentId);
  }
}

export function withPort(ports: readonly OwnPort[], port: OwnPort): readonly OwnPort[] {
  return [...withoutPort(ports, port.port.attachmentId), port];
}

export function withoutPort(ports: readonly OwnPort[], attachmentId: AttachmentId): readonly OwnPort[] {
  return ports.filter(({ port }) => port.attachmentId !== attachmentId);
}
