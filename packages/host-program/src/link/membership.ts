import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { SriovError } from '@virtfn/model';
import { replaceFile } from '../replace-file.ts';

/** What makes a host a member of a fleet. Texts of keys and certificates are PEM. */
export interface Membership {
  /** The agents' port of the controller: `https://controller:9697`. */
  readonly url: string;
  /** As the fleet calls this host. */
  readonly hostId: string;
  /** Who signs controllers and agents. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const FIELDS = ['url', 'hostId', 'ca', 'certificate', 'key'] as const satisfies readonly (keyof Membership)[];

/** One file: a certificate without its key, or with that of another one, would be worth nothing. */
export function membershipFile(folder: string): string {
  return path.join(folder, 'fleet.json');
}

/** null: the host is in no fleet, or this user may not know. @throws {SriovError} CONFIG_INVALID */
export async function readMembership(folder: string): Promise<Membership | null> {
  const file = membershipFile(folder);
  try {
    const document: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isMembership(document)) return document;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES') return null;
    throw damaged(file, error);
  }
  throw damaged(file);
}

/** For root only, as the key is in it. Its folder is made. */
export async function writeMembership(folder: string, membership: Membership): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(membershipFile(folder), `${JSON.stringify(membership, null, 2)}\n`, 0o600);
}

function isMembership(document: unknown): document is Membership {
  if (typeof document !== 'object' || document === null) return false;
  const fields = new Map(Object.entries(document));
  return FIELDS.every((field) => typeof fields.get(field) === 'string');
}

function damaged(file: string, cause?: unknown): SriovError {
  return new SriovError('CONFIG_INVALID', `Cannot read ${file}: it is not as it was written`, {
    details: { file },
    hint: 'Enrol the host anew with `virtfn agent enrol URL --token TOKEN`',
    cause,
  });
}
