import { SriovError } from '@virtfn/model';
import type { SendToKeystone } from './send.ts';
import { parseTokenDocument } from './token-document.ts';

/** Who virtfn itself is in Keystone. It needs a role that may validate tokens: `admin` or `service`. */
export interface KeystoneSettings {
  /** What clients are told to ask for tokens, `http://…:5000`. */
  readonly publicUrl: string;
  readonly userName: string;
  readonly password: string;
  readonly userDomainName: string;
  readonly projectName: string;
  readonly projectDomainName: string;
}

/** A token is not used in its last minute: it might end on the way. */
const MARGIN_MS = 60_000;

/** virtfn's own token, made when it is first needed, and anew when it ends. */
export class ServiceToken {
  readonly #settings: KeystoneSettings;
  readonly #send: SendToKeystone;
  readonly #now: () => Date;
  #current: { readonly token: string; readonly endsAtMs: number } | null = null;
  #making: Promise<string> | null = null;

  constructor(settings: KeystoneSettings, send: SendToKeystone, now: () => Date) {
    this.#settings = settings;
    this.#send = send;
    this.#now = now;
  }

  /** @throws {SriovError} AUTHENTICATION_UNAVAILABLE, and what `send` rejects with */
  get(): Promise<string> {
    if (this.#current !== null && this.#current.endsAtMs > this.#now().getTime())
      return Promise.resolve(this.#current.token);
    this.#making ??= this.#make().finally(() => {
      this.#making = null;
    });
    return this.#making;
  }

  /** Keystone does not know this token any more. Whoever has made another one since is not disturbed. */
  forget(token: string): void {
    if (this.#current?.token === token) this.#current = null;
  }

  async #make(): Promise<string> {
    const answer = await this.#send({
      method: 'POST',
      path: '/auth/tokens?nocatalog',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(passwordForm(this.#settings)),
    });
    const token = answer.headers['x-subject-token'];
    if (answer.status !== 201 || typeof token !== 'string') {
      throw new SriovError(
        'AUTHENTICATION_UNAVAILABLE',
        `Cannot log in to Keystone as "${this.#settings.userName}": it answered ${answer.status}`,
        {
          details: { status: answer.status },
          hint: 'Check auth.keystone in controller.yaml: user, password, project and their domains',
        },
      );
    }
    const { expiresAt } = parseTokenDocument(answer.body);
    this.#current = { token, endsAtMs: expiresAt.getTime() - MARGIN_MS };
    return token;
  }
}

function passwordForm({
  userName,
  password,
  userDomainName,
  projectName,
  projectDomainName,
}: KeystoneSettings): object {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: userName, password, domain: { name: userDomainName } } },
      },
      scope: { project: { name: projectName, domain: { name: projectDomainName } } },
    },
  };
}
