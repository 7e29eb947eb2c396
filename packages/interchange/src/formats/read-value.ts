import { isSriovError, SriovError } from '@virtfn/model';

/** Reads values of one file; every refusal names the file and where in it. */
export class ValueReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws {SriovError} CONFIG_INVALID */
  refuse(where: string, why: string): never {
    throw new SriovError('CONFIG_INVALID', `Cannot read ${this.#file}: ${where}: ${why}`, {
      details: { file: this.#file, where },
      hint: 'The message names the place; nothing was changed',
    });
  }

  /** null stays null. @throws {SriovError} CONFIG_INVALID */
  parse<Value>(
    where: string,
    value: string | null | undefined,
    parse: (text: string) => Value,
  ): Value | null {
    if (value === null || value === undefined || value === '') return null;
    try {
      return parse(value);
    } catch (error) {
      if (isSriovError(error)) return this.refuse(where, error.message);
      throw error;
    }
  }

  /** A whole number from 0. @throws {SriovError} CONFIG_INVALID */
  count(where: string, value: unknown): number | null {
    const text = this.#scalar(where, value);
    if (text === null) return null;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    return this.refuse(where, `"${text.slice(0, 40)}" is not a whole number`);
  }

  /** As systemd, NetworkManager and YAML spell it. @throws {SriovError} CONFIG_INVALID */
  flag(where: string, value: unknown): boolean | null {
    const text = this.#scalar(where, value)?.toLowerCase();
    if (text === undefined) return null;
    if (['1', 'yes', 'true', 'on', 'y', 't'].includes(text)) return true;
    if (['0', 'no', 'false', 'off', 'n', 'f'].includes(text)) return false;
    return this.refuse(where, `"${text.slice(0, 40)}" is neither yes nor no`);
  }

  #scalar(where: string, value: unknown): string | null {
    if (value === null || value === undefined || value === '') return null;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return String(value);
    return this.refuse(where, 'one value is wanted here');
  }

  /** 0 is how others say that there is none. */
  rate(where: string, value: unknown): number | null {
    const rate = this.count(where, value);
    return rate === 0 ? null : rate;
  }
}
