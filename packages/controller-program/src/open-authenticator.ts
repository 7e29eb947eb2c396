import { setTimeout as delay } from 'node:timers/promises';
import type { ControllerConfig, KeystoneConfig } from '@virtfn/contract/controller-config';
import {
  type Authenticator,
  BasicAuthenticator,
  KeystoneAuthenticator,
  keystoneClient,
  OpenAuthenticator,
  parseUsersFile,
  type Store,
  TokenAuthenticator,
  tokenTable,
} from '@virtfn/controller';
import { SriovError } from '@virtfn/model';
import type { Environment } from './open-store.ts';
import { readNamedFile, readSecret } from './read-secret.ts';

/** Who asks, as the configuration wants it to be found out. */
export interface OpenedAuthenticator {
  readonly authenticator: Authenticator;
  /** Reads anew what may change while it runs. @throws {SriovError} CONFIG_INVALID */
  readonly reload: () => Promise<void>;
}

const now = (): Date => new Date();

/** @throws {SriovError} CONFIG_INVALID */
export async function openAuthenticator(
  { auth }: ControllerConfig,
  store: Store,
  env: Environment,
): Promise<OpenedAuthenticator> {
  const beside = (otherwise: Authenticator | null): Authenticator =>
    new TokenAuthenticator({ table: tokenTable(store), now, otherwise });
  switch (auth.kind) {
    case 'none':
      return { authenticator: new OpenAuthenticator(), reload: async () => {} };
    case 'tokens':
      return { authenticator: beside(null), reload: async () => {} };
    case 'http_basic': {
      const readUsers = async () => parseUsersFile(await readNamedFile(auth.usersFile), auth.usersFile);
      const basic = new BasicAuthenticator({ users: await readUsers(), now, delay: (ms) => delay(ms) });
      return { authenticator: beside(basic), reload: async () => basic.replaceUsers(await readUsers()) };
    }
    case 'keystone':
      return { authenticator: beside(await openKeystone(auth, env)), reload: async () => {} };
  }
}

async function openKeystone(auth: KeystoneConfig, env: Environment): Promise<KeystoneAuthenticator> {
  const password = await readSecret(env['VIRTFN_AUTH_PASSWORD'], auth.passwordFile);
  if (password === null) {
    throw new SriovError(
      'CONFIG_INVALID',
      `Cannot ask Keystone as "${auth.userName}": there is no password`,
      {
        hint: 'Write it to a file and name that as auth.passwordFile, or give it as VIRTFN_AUTH_PASSWORD',
      },
    );
  }
  const ca = auth.caFile === null ? null : await readNamedFile(auth.caFile);
  return new KeystoneAuthenticator({
    settings: { ...auth, password },
    send: keystoneClient({ url: auth.url, ca }),
    now,
  });
}
