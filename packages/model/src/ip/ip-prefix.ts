import type { Branded } from '../brand.ts';
import { SriovError } from '../errors/index.ts';

/** `192.0.2.0/24` or `2001:db8::/32`: an address with its length, so that one address is `/32` or `/128`. */
export type IpPrefix = Branded<string, 'IpPrefix'>;

const DECIMAL = /^(?:0|[1-9]\d{0,2})$/;
const HEXADECIMAL = /^[0-9a-f]{1,4}$/;

/**
 * Parses a prefix. Bits behind its length are kept as they are: who filters by it does not look at them.
 *
 * @throws {SriovError} IP_PREFIX_INVALID, also for upper case, zones, and IPv4 in IPv6's words
 */
export function parseIpPrefix(text: string): IpPrefix {
  const [address = '', length = '', ...rest] = text.split('/');
  const isGood =
    rest.length === 0 &&
    DECIMAL.test(length) &&
    (isIpv4(address) ? Number(length) <= 32 : isIpv6(address) && Number(length) <= 128);
  if (isGood) return text as IpPrefix;
  const found = text.slice(0, 64);
  throw new SriovError('IP_PREFIX_INVALID', `Cannot use "${found}": it is not an address with a length`, {
    details: { found },
  });
}

export function ipVersionOf(prefix: IpPrefix): 4 | 6 {
  return prefix.includes(':') ? 6 : 4;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => DECIMAL.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const [before = '', after, ...rest] = text.split('::');
  const groups = [before, after ?? ''].flatMap((half) => (half === '' ? [] : half.split(':')));
  if (rest.length > 0 || !groups.every((group) => HEXADECIMAL.test(group))) return false;
  return after === undefined ? groups.length === 8 : groups.length < 8;
}
