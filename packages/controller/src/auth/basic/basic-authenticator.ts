import { createHmac, randomBytes } from 'node:crypto';
import { type Authenticator, headerOf, refuseCredentials, type RequestHeaders } from '../authenticator.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { type Identity, identityOf } from '../identity.ts';
import { AttemptQueue } from './attempt-queue.ts';
import { fitsPassword, hashPassword, type PasswordHash } from './password-hash.ts';
import type { User, UserTable } from './users-file.ts';

/** How long a password that fit need not be derived again: a list of 100 ports shall not cost 100 times 100 ms. */
const REMEMBER_MS = 60_000;
const MOST_REMEMBERED = 10_000;
/** Longer credentials are nobody's. */
const MOST_CHARACTERS = 4096;

export interface BasicOptions {
  readonly users: UserTable;
  readonly now: () => Date;
  /** Waits so many milliseconds. */
  readonly delay: (ms: number) => Promise<void>;
}

interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Users with passwords, over HTTP Basic. */
export class BasicAuthenticator implements Authenticator {
  readonly isOpen = false;
  #users: UserTable;
  readonly #fitted: ExpiringCache<Identity>;
  readonly #attempts: AttemptQueue;
  /** Of this process alone: what is remembered of a password is of no use to whoever reads the memory of another. */
  readonly #digestKey = randomBytes(32);
  #nobody: Promise<PasswordHash> | null = null;

  constructor({ users, now, delay }: BasicOptions) {
    this.#users = users;
    this.#fitted = new ExpiringCache(MOST_REMEMBERED, now);
    this.#attempts = new AttemptQueue(delay);
  }

  /** From now on these are the users; what was remembered of the ones before is forgotten. */
  replaceUsers(users: UserTable): void {
    this.#users = users;
    this.#fitted.clear();
  }

  async authenticate(headers: RequestHeaders): Promise<Identity> {
    const given = headerOf(headers, 'authorization');
    if (given === null || given.length > MOST_CHARACTERS) throw refuseCredentials('no credentials');
    const digest = createHmac('sha256', this.#digestKey).update(given).digest('base64');
    const known = this.#fitted.get(digest);
    if (known !== undefined) return known;
    const { name, password } = parseCredentials(given);
    const users = this.#users;
    const user = users.get(name);
    // All unknown names stand in one queue: names that anybody can think up must not take memory.
    const fits = await this.#attempts.run(user?.name ?? '', async () => this.#fits(password, user));
    if (user === undefined || !fits) throw refuseCredentials('the password does not fit');
    const identity = identityOf({ userId: user.name, userName: user.name }, user.projectId, [user.role]);
    // The file may have changed while the hash was made.
    if (users === this.#users) this.#fitted.remember(digest, identity, REMEMBER_MS);
    return identity;
  }

  challenge(): Readonly<Record<string, string>> {
    return { 'www-authenticate': 'Basic realm="virtfn", charset="UTF-8"' };
  }

  /** A name that is nobody's takes as long as one that is somebody's. */
  async #fits(password: string, user: User | undefined): Promise<boolean> {
    this.#nobody ??= hashPassword(randomBytes(16).toString('hex'));
    const fits = await fitsPassword(password, user?.password ?? (await this.#nobody));
    return fits && user !== undefined;
  }
}

function parseCredentials(header: string): Credentials {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(header) ?? [];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) throw refuseCredentials('not of the form of RFC 7617');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
