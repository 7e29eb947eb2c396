import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { SriovError } from '@virtfn/model';
import type { Role } from '../identity.ts';
import type { StoredToken } from './token-table.ts';

/** So that whoever finds one, in a log or in a repository, knows what it is. */
const PREFIX = 'vft_';
const NAME = /^[\w.@-]{1,64}$/;
const FORM = /^vft_[A-Za-z0-9_-]{43}$/;

export interface TokenGrant {
  readonly name: string;
  readonly role: Role;
  readonly projectId: string;
  /** null: it does not expire. */
  readonly expiresAt: Date | null;
}

export interface NewToken {
  /** Shown once. */
  readonly token: string;
  readonly stored: StoredToken;
}

/** Makes a token of 256 random bits. @throws {SriovError} NAME_INVALID */
export function makeToken(grant: TokenGrant, createdAt: Date): NewToken {
  if (!NAME.test(grant.name))
    throw new SriovError(
      'NAME_INVALID',
      `Cannot make token "${grant.name.slice(0, 64)}": its name is not allowed`,
      { hint: 'Give 1 to 64 letters, digits, dots, dashes and underscores' },
    );
  const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
  return {
    token,
    stored: { ...grant, tokenId: randomUUID(), hash: hashToken(token), createdAt, lastUsedAt: null },
  };
}

/** Whether the text is of the form of our tokens; whether there is such a token is not said. */
export const isApiToken = (text: string): boolean => FORM.test(text);

/** A token is random enough that no slow hash is needed: there is nothing to guess. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
