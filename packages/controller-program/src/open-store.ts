import type { ControllerConfig } from '@virtfn/contract/controller-config';
import { openDatabase, Store } from '@virtfn/controller';
import { readSecret } from './read-secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {SriovError} STORE_FAILED, CONFIG_INVALID */
export async function openStore({ database }: ControllerConfig, env: Environment): Promise<Store> {
  const password = await readSecret(env['VIRTFN_DATABASE_PASSWORD'], database.passwordFile);
  return Store.open({
    database: await openDatabase(withPassword(database.url, password)),
    now: () => new Date(),
  });
}

function withPassword(text: string, password: string | null): string {
  if (password === null || !URL.canParse(text) || text.startsWith('sqlite:')) return text;
  const url = new URL(text);
  url.password = encodeURIComponent(password);
  return url.href;
}
