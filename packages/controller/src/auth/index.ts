// Who asks: nobody in particular (this machine alone), users with passwords, tokens of our own, tokens of Keystone.
// Never decides what they may do, touches neither file nor network itself, and never logs what a request proves itself with.
export * from './authenticator.ts';
export * from './basic/index.ts';
export * from './identity.ts';
export * from './keystone/index.ts';
export { OpenAuthenticator } from './open-authenticator.ts';
export * from './tokens/index.ts';
