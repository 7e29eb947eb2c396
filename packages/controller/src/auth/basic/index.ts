// Users with passwords, in a file of the operator's: HTTP Basic (RFC 7617), `--os-auth-type http_basic` of OpenStack's clients.
// Must never keep a password or write it anywhere: only its scrypt hash, and for a minute a keyed digest of one that fit.
export { BasicAuthenticator } from './basic-authenticator.ts';
export { hashPassword } from './password-hash.ts';
export { formatUser, parseUsersFile, putUser, type User, type UserTable } from './users-file.ts';
