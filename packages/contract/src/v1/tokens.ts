import { type Static, Type } from 'typebox';

const Text = Type.String();
const Time = Type.String({ format: 'date-time' });
const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);
const closed = { additionalProperties: false } as const;
const Role = Type.Enum(['admin', 'member', 'reader']);

/** A token of virtfn's own, by which programs and people ask. The token itself is not known any more. */
const tokenFields = {
  name: Text,
  role: Role,
  projectId: Text,
  createdAt: Time,
  /** null: it does not expire. */
  expiresAt: Nullable(Time),
  /** To the hour; null: never. */
  lastUsedAt: Nullable(Time),
};

export const TokenView = Type.Object(tokenFields);

export const TokenListView = Type.Object({ tokens: Type.Array(TokenView) });

export const TokenRequest = Type.Object(
  {
    /** What it is for; one token a name. */
    name: Type.String({ minLength: 1, maxLength: 64 }),
    role: Role,
    /** null: that of whoever asks. */
    projectId: Nullable(Type.String({ minLength: 1, maxLength: 255 })),
    /** null: it does not expire. */
    expiresInDays: Nullable(Type.Integer({ minimum: 1, maximum: 99_999 })),
  },
  closed,
);

/** The token is shown this once. */
export const NewTokenView = Type.Object({ token: Text, ...tokenFields });

export const TokenParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) }, closed);

/** A token that is revoked. Controllers refuse it within 5 seconds. */
export const RevokedTokenView = Type.Object({ name: Text });

export type TokenDocument = Static<typeof TokenView>;
export type TokenList = Static<typeof TokenListView>;
export type TokenRequestDocument = Static<typeof TokenRequest>;
export type NewTokenDocument = Static<typeof NewTokenView>;
