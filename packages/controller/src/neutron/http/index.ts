// `/v2.0` over HTTP: routes, envelopes, errors, versions and extensions.
// Must not decide what a request means: that is the resources'.
export { addNeutronApi } from './routes.ts';
export { UNKNOWN_VERSION, versionsDocument } from './versions.ts';
