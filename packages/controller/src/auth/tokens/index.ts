// Tokens of virtfn's own (`vft_…`): made by `virtfn token`, for programs and for people where there is no Keystone.
// Must never keep a token: only its SHA-256, by which it is found, and nobody can make the token of it.
export { makeToken, type NewToken, type TokenGrant } from './api-token.ts';
export { TokenAuthenticator } from './token-authenticator.ts';
export type { StoredToken, TokenTable } from './token-table.ts';
