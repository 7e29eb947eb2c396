import { SriovError } from '@virtfn/model';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

/** What Keystone answers about a token, as far as we look at it. */
const TokenDocument = Type.Object({
  token: Type.Object({
    expires_at: Type.String(),
    user: Type.Object({ id: Type.String(), name: Type.String() }),
    /** Missing in tokens that are for a domain, the whole system, or nothing yet. */
    project: Type.Optional(Type.Object({ id: Type.String() })),
    roles: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
  }),
});

export interface KeystoneToken {
  readonly expiresAt: Date;
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string | null;
  readonly roleNames: readonly string[];
}

/** @throws {SriovError} AUTHENTICATION_UNAVAILABLE */
export function parseTokenDocument(body: string): KeystoneToken {
  const document = parseJson(body);
  const token = Value.Check(TokenDocument, document) ? document.token : null;
  const expiresAt = new Date(token?.expires_at ?? Number.NaN);
  if (token === null || Number.isNaN(expiresAt.getTime())) {
    throw new SriovError(
      'AUTHENTICATION_UNAVAILABLE',
      'Cannot look at the token: what answers at the address of Keystone is not Keystone',
    );
  }
  return {
    expiresAt,
    userId: token.user.id,
    userName: token.user.name,
    projectId: token.project?.id ?? null,
    roleNames: (token.roles ?? []).map(({ name }) => name),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
