import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string | Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** A password's scrypt hash (RFC 7914) with the cost it was made at. */
export interface PasswordHash {
  /** log2 of the cost N. */
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** 32 MiB and about 100 ms: what OWASP recommends for scrypt is four times that, but ours is paid by the API's own CPU. */
const COST = { logCost: 15, blockSize: 8, parallelism: 1 } as const;
const HASH_BYTES = 32;
/** A file cannot ask for more than 256 MiB. */
const MOST_MEMORY = 256 * 1024 * 1024;

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,44})\$([A-Za-z0-9+/]{43})$/;

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { ...COST, salt, hash: await deriveHash(password, { ...COST, salt }) };
}

/** Takes the same time whether it fits or not. */
export async function fitsPassword(password: string, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await deriveHash(password, expected), expected.hash);
}

function deriveHash(
  password: string,
  { logCost, blockSize, parallelism, salt }: Omit<PasswordHash, 'hash'>,
): Promise<Buffer> {
  // One password typed on two keyboards may come as different code points.
  return derive(password.normalize('NFC'), salt, HASH_BYTES, {
    cost: 2 ** logCost,
    blockSize,
    parallelization: parallelism,
    maxmem: MOST_MEMORY,
  });
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

/** The text form that passlib uses: `$scrypt$ln=15,r=8,p=1$SALT$HASH`. */
export function formatPasswordHash({ logCost, blockSize, parallelism, salt, hash }: PasswordHash): string {
  return `$scrypt$ln=${logCost},r=${blockSize},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

/** null: the text is no such hash, or one that costs more than 256 MiB. */
export function parsePasswordHash(text: string): PasswordHash | null {
  const [, logCost, blockSize, parallelism, salt, hash] = FORM.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return null;
  const parsed = {
    logCost: Number(logCost),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
  const memory = 128 * parsed.blockSize * (2 ** parsed.logCost + parsed.parallelism);
  const isPossible = parsed.logCost > 0 && parsed.blockSize > 0 && parsed.parallelism > 0;
  return isPossible && memory < MOST_MEMORY ? parsed : null;
}
