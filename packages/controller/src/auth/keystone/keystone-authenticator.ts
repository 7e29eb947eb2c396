import { createHash } from 'node:crypto';
import { SriovError } from '@virtfn/model';
import { type Authenticator, headerOf, refuseCredentials, type RequestHeaders } from '../authenticator.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { type Identity, identityOf } from '../identity.ts';
import { SingleFlight } from '../single-flight.ts';
import type { SendToKeystone } from './send.ts';
import { type KeystoneSettings, ServiceToken } from './service-token.ts';
import { parseTokenDocument } from './token-document.ts';

/** How long a token revoked in Keystone may still be good here: what keystonemiddleware has as its default. */
const REMEMBER_MS = 300_000;
/** How long a token that Keystone does not know is refused without asking: a client that repeats itself costs nothing. */
const REMEMBER_REFUSED_MS = 10_000;
const MOST_REMEMBERED = 20_000;
/** What may stand in a header, and no token is longer: a Fernet token has about 250 characters, a JWS token 1,000. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

export interface KeystoneOptions {
  readonly settings: KeystoneSettings;
  readonly send: SendToKeystone;
  readonly now: () => Date;
}

/** Tokens of Keystone v3, in `X-Auth-Token`. */
export class KeystoneAuthenticator implements Authenticator {
  readonly isOpen = false;
  readonly #publicUrl: string;
  readonly #send: SendToKeystone;
  readonly #now: () => Date;
  readonly #serviceToken: ServiceToken;
  /** null: Keystone does not know the token. By the token's hash: who reads our memory shall not find tokens in it. */
  readonly #remembered: ExpiringCache<Identity | null>;
  readonly #asking = new SingleFlight<Identity | null>();

  constructor({ settings, send, now }: KeystoneOptions) {
    this.#publicUrl = settings.publicUrl;
    this.#send = reportingFailure(send);
    this.#now = now;
    this.#serviceToken = new ServiceToken(settings, this.#send, now);
    this.#remembered = new ExpiringCache(MOST_REMEMBERED, now);
  }

  async authenticate(headers: RequestHeaders): Promise<Identity> {
    const token = headerOf(headers, 'x-auth-token');
    if (token === null || !TOKEN.test(token)) throw refuseCredentials('no token');
    const key = createHash('sha256').update(token).digest('base64');
    const remembered = this.#remembered.get(key);
    const identity =
      remembered === undefined ? await this.#asking.run(key, () => this.#validate(token, key)) : remembered;
    if (identity === null) throw refuseCredentials('Keystone does not know the token');
    return identity;
  }

  challenge(): Readonly<Record<string, string>> {
    return { 'www-authenticate': `Keystone uri="${this.#publicUrl}"` };
  }

  async #validate(token: string, key: string): Promise<Identity | null> {
    let answer = await this.#ask(token);
    // Our own token has ended before its time: revoked, or Keystone has other keys now. Once, a new one may help.
    if (answer.status === 401) answer = await this.#ask(token);
    if (answer.status === 404) {
      this.#remembered.remember(key, null, REMEMBER_REFUSED_MS);
      return null;
    }
    if (answer.status !== 200) {
      throw new SriovError(
        'AUTHENTICATION_UNAVAILABLE',
        `Cannot look at the token: Keystone answered ${answer.status}`,
        { details: { status: answer.status } },
      );
    }
    const { expiresAt, userId, userName, projectId, roleNames } = parseTokenDocument(answer.body);
    const goodForMs = expiresAt.getTime() - this.#now().getTime();
    if (goodForMs <= 0) return null;
    if (projectId === null) throw refuseCredentials('the token is for no project');
    const identity = identityOf({ userId, userName }, projectId, roleNames);
    this.#remembered.remember(key, identity, Math.min(goodForMs, REMEMBER_MS));
    return identity;
  }

  async #ask(token: string): Promise<Awaited<ReturnType<SendToKeystone>>> {
    const own = await this.#serviceToken.get();
    const answer = await this.#send({
      method: 'GET',
      path: '/auth/tokens?nocatalog',
      headers: { 'x-auth-token': own, 'x-subject-token': token },
      body: null,
    });
    if (answer.status === 401) this.#serviceToken.forget(own);
    return answer;
  }
}

function reportingFailure(send: SendToKeystone): SendToKeystone {
  return async (request) => {
    try {
      return await send(request);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SriovError('AUTHENTICATION_UNAVAILABLE', `Cannot reach Keystone: ${why}`, { cause });
    }
  };
}
