import ipaddr from 'ipaddr.js';

/** An IP address as a number, which is how addresses are counted and compared. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly number: bigint;
}

/** A prefix; `first` is its network address, `last` in IPv4 its broadcast address. */
export interface IpNetwork {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefixLength: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Reads an address in its usual form: four decimal numbers without leading zeros, or RFC 4291. */
export function parseIp(text: string): IpAddress | null {
  if (text.includes(':')) {
    // With a zone it is an address of this machine's interfaces, which is nobody else's business.
    if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return null;
    return { version: 6, number: numberOf(ipaddr.IPv6.parse(text).toByteArray()) };
  }
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return null;
  return { version: 4, number: numberOf(ipaddr.IPv4.parse(text).toByteArray()) };
}

/** As RFC 5952 and everybody else writes it. */
export function formatIp({ version, number }: IpAddress): string {
  const bytes = Array.from({ length: BITS[version] / 8 }, (_, index) =>
    Number((number >> BigInt(BITS[version] - 8 * (index + 1))) & 0xffn),
  );
  if (version === 4) return new ipaddr.IPv4(bytes).toString();
  return new ipaddr.IPv6(bytes).toRFC5952String();
}

/** Reads `address/length`; bits behind the length are dropped. */
export function parseNetwork(text: string): IpNetwork | null {
  const [address = '', length = '', ...rest] = text.split('/');
  const ip = parseIp(address);
  if (ip === null || rest.length > 0 || !/^\d{1,3}$/.test(length)) return null;
  const prefixLength = Number(length);
  if (prefixLength > BITS[ip.version]) return null;
  return networkOf(ip, prefixLength);
}

export function networkOf({ version, number }: IpAddress, prefixLength: number): IpNetwork {
  const size = 1n << BigInt(BITS[version] - prefixLength);
  const first = (number / size) * size;
  return { version, first, last: first + size - 1n, prefixLength };
}

export function formatNetwork({ version, first, prefixLength }: IpNetwork): string {
  return `${formatIp({ version, number: first })}/${prefixLength}`;
}

export function isInside({ version, first, last }: IpNetwork, ip: IpAddress): boolean {
  return ip.version === version && ip.number >= first && ip.number <= last;
}

export function overlaps(a: IpNetwork, b: IpNetwork): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

/** The same number of digits for all addresses of a version, so that their order as text is their order. */
export function ipKey({ version, number }: IpAddress): string {
  return number.toString(16).padStart(BITS[version] / 4, '0');
}

function numberOf(bytes: readonly number[]): bigint {
  return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}
