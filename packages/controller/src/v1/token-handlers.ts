import type { NewTokenDocument, TokenDocument, TokenRequestDocument } from '@virtfn/contract';
import { audited, type RequestOrigin } from '../audit/index.ts';
import { makeToken, type StoredToken } from '../auth/index.ts';
import type { Handlers } from '../http/index.ts';
import { dropToken, putToken, type Store, tokenTable } from '../store/index.ts';

interface TokenSource {
  readonly store: Store;
  readonly now: () => Date;
}

const DAY_MS = 24 * 3_600_000;

/** Tokens of virtfn's own, for administrators. */
export function tokenHandlers(
  source: TokenSource,
): Pick<Handlers, 'createToken' | 'listTokens' | 'revokeToken'> {
  const { store } = source;
  return {
    listTokens: async () => ({ tokens: (await tokenTable(store).list()).map(viewOfToken) }),
    createToken: ({ body, origin }) => createToken(source, body as TokenRequestDocument, origin),
    revokeToken: async ({ params, origin }) => {
      const { name = '' } = params;
      await store.write(
        'revoke a token',
        audited(origin, (write) => dropToken(write, name)),
      );
      return { name };
    },
  };
}

async function createToken(
  { store, now }: TokenSource,
  { name, role, projectId, expiresInDays }: TokenRequestDocument,
  origin: RequestOrigin,
): Promise<NewTokenDocument> {
  const at = now();
  const expiresAt = expiresInDays === null ? null : new Date(at.getTime() + expiresInDays * DAY_MS);
  const grant = { name, role, projectId: projectId ?? origin.projectId, expiresAt };
  const { token, stored } = makeToken(grant, at);
  await store.write(
    'keep a token',
    audited(origin, (write) => putToken(write, stored)),
  );
  return { token, ...viewOfToken(stored) };
}

/** What may be shown of it: nothing by which it could be tried. */
function viewOfToken({
  name,
  role,
  projectId,
  createdAt,
  expiresAt,
  lastUsedAt,
}: StoredToken): TokenDocument {
  return {
    name,
    role,
    projectId,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
