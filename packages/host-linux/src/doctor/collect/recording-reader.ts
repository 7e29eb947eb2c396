import { SysfsReader } from '../../sysfs/sysfs-reader.ts';

/** What was asked of one path. A path may be asked for several things. */
export interface Reading {
  /** The content as far as it was read; null: it was refused. */
  content?: Buffer | null;
  /** The names in it; null: it is no folder, or listing was refused. */
  names?: readonly string[] | null;
  /** Where it points, as it is written there. */
  target?: string | null;
}

/** Reads as SysfsReader does and keeps what it gave, so that a snapshot cannot miss what a check looked at. */
export class RecordingReader extends SysfsReader {
  readonly readings = new Map<string, Reading>();

  override bytes(file: string, limit?: number): Buffer | null {
    const content = super.bytes(file, limit);
    const reading = this.#at(file);
    // A file may be read again with another limit: the longest is kept.
    if ((reading.content?.length ?? -1) < (content?.length ?? 0)) reading.content = content;
    return content;
  }

  override link(file: string): string | null {
    const target = super.link(file);
    this.#at(file).target = target;
    return target;
  }

  override list(folder: string): readonly string[] | null {
    const names = super.list(folder);
    this.#at(folder).names = names;
    return names;
  }

  override has(file: string): boolean {
    this.#at(file);
    return super.has(file);
  }

  #at(file: string): Reading {
    let reading = this.readings.get(file);
    if (reading === undefined) {
      reading = {};
      this.readings.set(file, reading);
    }
    return reading;
  }
}
