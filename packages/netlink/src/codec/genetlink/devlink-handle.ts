import type { AttributeReader } from '../wire/attribute-reader.ts';
import type { AttributeWriter } from '../wire/attribute-writer.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import { Attribute } from './devlink-uapi.ts';

/** A devlink instance, written "pci/0000:3b:00.0" on command lines. */
export interface DevlinkHandle {
  readonly busName: string;
  readonly devName: string;
}

/** A port of one, written "pci/0000:3b:00.0/65535". */
export interface DevlinkPortHandle extends DevlinkHandle {
  readonly portIndex: number;
}

export function writeHandle(to: AttributeWriter, handle: DevlinkHandle): AttributeWriter {
  return to.text(Attribute.busName, handle.busName).text(Attribute.devName, handle.devName);
}

export function writePortHandle(to: AttributeWriter, handle: DevlinkPortHandle): AttributeWriter {
  return writeHandle(to, handle).u32(Attribute.portIndex, handle.portIndex);
}

/** Collects the handle while a decoder walks over the attributes. */
export class HandleReader {
  readonly #what: string;
  #busName: string | null = null;
  #devName: string | null = null;
  #portIndex: number | null = null;

  constructor(what: string) {
    this.#what = what;
  }

  /** Takes the attribute if it is part of a handle. */
  take(attributes: AttributeReader): boolean {
    switch (attributes.type) {
      case Attribute.busName:
        this.#busName = attributes.text();
        return true;
      case Attribute.devName:
        this.#devName = attributes.text();
        return true;
      case Attribute.portIndex:
        this.#portIndex = attributes.u32();
        return true;
      default:
        return false;
    }
  }

  /** @throws {NetlinkDecodeError} when the message named no instance */
  device(): DevlinkHandle {
    if (this.#busName === null || this.#devName === null) {
      throw new NetlinkDecodeError(this.#what, 'no bus or device name', 0);
    }
    return { busName: this.#busName, devName: this.#devName };
  }

  portIndex(): number | null {
    return this.#portIndex;
  }
}
