import { isSriovError } from '@virtfn/model';

/**
 * A number that counts something, or null. The kernel writes -1, or 4294967295 where it forgot the sign, for what it
 * does not know (`speed`, `numa_node`), which is null here too.
 */
export function parseCount(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** A hexadecimal number of at most 32 bits with `0x` before it, or null. */
export function parseHex(text: string | null): number | null {
  return text !== null && /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : null;
}

/** What a parser of the model makes of a text that the kernel showed, or null if it refuses it. */
export function parseOrNull<T>(parse: (text: string) => T, text: string | null): T | null {
  if (text === null) return null;
  try {
    return parse(text);
  } catch (error) {
    if (isSriovError(error)) return null;
    throw error;
  }
}

/** A text that a process chose for itself, fit to be shown: no control characters, not endless. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '').slice(0, 255);
}
