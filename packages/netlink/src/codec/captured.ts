import { readFileSync } from 'node:fs';
import { type NetlinkMessage, splitMessages } from './wire/index.ts';

/**
 * Reads captured datagrams: lines of hexadecimal, an empty line between two, `#` before a comment. Beside NAME.hex stands
 * NAME.json with what they mean.
 */
export function readCaptured(name: string): readonly Buffer[] {
  const text = readFileSync(new URL(`${name}.hex`, import.meta.url), 'utf8');
  const bytes = text.replaceAll(/^#.*\n/gm, '');
  return bytes.split('\n\n').map((datagram) => Buffer.from(datagram.replaceAll('\n', ''), 'hex'));
}

/** The messages of all captured datagrams, without the end of a dump and acknowledgements. */
export function readCapturedMessages(name: string): readonly NetlinkMessage[] {
  return readCaptured(name)
    .flatMap((datagram) => splitMessages(datagram))
    .filter(({ type }) => type >= 16);
}

export function readMeaning(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'));
}
