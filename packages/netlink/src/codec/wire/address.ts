const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Formats a hardware address of any length: "52:54:00:00:00:01" (6 bytes Ethernet, 20 bytes InfiniBand). */
export function formatAddress(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += text === '' ? hex[byte] : `:${hex[byte]}`;
  return text;
}

/**
 * Parses a hardware address of 1 to 32 bytes (MAX_ADDR_LEN).
 *
 * @throws {RangeError} when the text is not pairs of hexadecimal digits joined by colons
 */
export function parseAddress(text: string): Uint8Array {
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){0,31}$/i.test(text)) {
    throw new RangeError(`Cannot parse a hardware address: "${text}" is not like "52:54:00:00:00:01"`);
  }
  return Uint8Array.from(text.split(':'), (pair) => Number.parseInt(pair, 16));
}
