import type { ControllerConfig } from '@virtfn/contract/controller-config';
import {
  DEFAULT_PROJECT_ID,
  makeToken,
  parseRole,
  type StoredToken,
  type TokenTable,
  tokenTable,
} from '@virtfn/controller';
import { SriovError } from '@virtfn/model';
import type { GivenUser } from './add-user.ts';
import { type Environment, openStore } from './open-store.ts';

export interface GivenToken extends GivenUser {
  /** Days until it expires; `never` for none. */
  readonly days: string | undefined;
}

const DAY_MS = 24 * 3_600_000;

async function withTokens<Result>(
  config: ControllerConfig,
  env: Environment,
  work: (table: TokenTable) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(config, env);
  try {
    return await work(tokenTable(store));
  } finally {
    await store.close();
  }
}

/** @returns the token: it is shown this once. @throws {SriovError} NAME_INVALID, REQUEST_INVALID, DESIRED_CONFLICT, STORE_FAILED */
export async function createToken(
  config: ControllerConfig,
  env: Environment,
  { name, role = 'member', projectId = DEFAULT_PROJECT_ID, days = '365' }: GivenToken,
): Promise<string> {
  const createdAt = new Date();
  const grant = { name, role: parseRole(role), projectId, expiresAt: parseEnd(days, createdAt) };
  const { token, stored } = makeToken(grant, createdAt);
  await withTokens(config, env, (table) => table.create(stored));
  return token;
}

function parseEnd(days: string, from: Date): Date | null {
  if (days === 'never') return null;
  if (/^[1-9]\d{0,4}$/.test(days)) return new Date(from.getTime() + Number(days) * DAY_MS);
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot make a token for "${days.slice(0, 20)}" days: it is no number of days`,
    {
      hint: 'Give a whole number of days, or never',
    },
  );
}

/** @throws {SriovError} STORE_FAILED */
export async function listTokens(
  config: ControllerConfig,
  env: Environment,
  asJson: boolean,
): Promise<string> {
  const stored = await withTokens(config, env, (table) => table.list());
  if (asJson) return JSON.stringify({ tokens: stored.map(withoutHash) }, null, 2);
  if (stored.length === 0) return 'There are no tokens. Make one: virtfn token create NAME --role admin';
  const rows = stored.map(({ name, role, projectId, expiresAt, lastUsedAt }) => [
    name,
    role,
    projectId,
    expiresAt === null ? 'never' : expiresAt.toISOString().slice(0, 10),
    lastUsedAt === null ? 'never' : lastUsedAt.toISOString().slice(0, 16),
  ]);
  return formatTable([['NAME', 'ROLE', 'PROJECT', 'EXPIRES', 'LAST USED'], ...rows]);
}

const withoutHash = ({ tokenId, name, role, projectId, createdAt, expiresAt, lastUsedAt }: StoredToken) => ({
  tokenId,
  name,
  role,
  projectId,
  createdAt,
  expiresAt,
  lastUsedAt,
});

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** @throws {SriovError} OBJECT_UNKNOWN when there is none of this name, STORE_FAILED */
export async function revokeToken(config: ControllerConfig, env: Environment, name: string): Promise<string> {
  await withTokens(config, env, (tokens) => tokens.revoke(name));
  return `Token "${name}" is revoked. Running controllers refuse it within 5 seconds`;
}
