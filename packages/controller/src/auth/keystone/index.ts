// Users of an OpenStack: Keystone v3 says whose token it is, and what its roles are.
// Must never trust what a request says of its user: only what Keystone answers, and that for five minutes at most.
export { KeystoneAuthenticator } from './keystone-authenticator.ts';
export type { KeystoneSettings } from './service-token.ts';
export type { SendToKeystone } from './send.ts';
