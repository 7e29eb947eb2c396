import { type Authenticator, headerOf, refuseCredentials, type RequestHeaders } from '../authenticator.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { type Identity, identityOf } from '../identity.ts';
import { hashToken, isApiToken } from './api-token.ts';
import type { StoredToken, TokenTable } from './token-table.ts';

/** How long a token revoked by another controller may still be good. */
const REMEMBER_MS = 5000;
const MOST_REMEMBERED = 10_000;
/** `lastUsedAt` is not written more often. */
const USE_STEP_MS = 3_600_000;

export interface TokenOptions {
  readonly table: TokenTable;
  readonly now: () => Date;
  /** Who is asked when the request has no token of ours; null: such a request is refused. */
  readonly otherwise: Authenticator | null;
}

/** Tokens of virtfn's own, in `X-Auth-Token` or `Authorization: Bearer`, beside another way to prove who one is. */
export class TokenAuthenticator implements Authenticator {
  readonly isOpen = false;
  readonly #table: TokenTable;
  readonly #now: () => Date;
  readonly #otherwise: Authenticator | null;
  readonly #found: ExpiringCache<StoredToken>;

  constructor({ table, now, otherwise }: TokenOptions) {
    this.#table = table;
    this.#now = now;
    this.#otherwise = otherwise;
    this.#found = new ExpiringCache(MOST_REMEMBERED, now);
  }

  async authenticate(headers: RequestHeaders): Promise<Identity> {
    const token = tokenOf(headers);
    if (token === null) {
      if (this.#otherwise !== null) return this.#otherwise.authenticate(headers);
      throw refuseCredentials('no token');
    }
    const stored = await this.#find(hashToken(token));
    const now = this.#now();
    if (stored === null || (stored.expiresAt !== null && stored.expiresAt <= now))
      throw refuseCredentials('the token is unknown, revoked or expired');
    await this.#markUsed(stored, now);
    const { tokenId, name, projectId, role } = stored;
    return identityOf({ userId: `token-${tokenId}`, userName: name }, projectId, [role]);
  }

  challenge(): Readonly<Record<string, string>> {
    return this.#otherwise?.challenge() ?? { 'www-authenticate': 'Bearer realm="virtfn"' };
  }

  async #find(hash: string): Promise<StoredToken | null> {
    const remembered = this.#found.get(hash);
    if (remembered !== undefined) return remembered;
    const stored = await this.#table.find(hash);
    if (stored !== null) this.#found.remember(hash, stored, REMEMBER_MS);
    return stored;
  }

  async #markUsed(stored: StoredToken, now: Date): Promise<void> {
    const { tokenId, hash, lastUsedAt } = stored;
    if (lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < USE_STEP_MS) return;
    const at = new Date(Math.floor(now.getTime() / USE_STEP_MS) * USE_STEP_MS);
    this.#found.remember(hash, { ...stored, lastUsedAt: at }, REMEMBER_MS);
    // Reading still works on a database that cannot be written: a mark is no reason to refuse it.
    await this.#table.markUsed(tokenId, at).catch(() => {});
  }
}

function tokenOf(headers: RequestHeaders): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1];
  const token = headerOf(headers, 'x-auth-token') ?? bearer ?? '';
  return isApiToken(token) ? token : null;
}
