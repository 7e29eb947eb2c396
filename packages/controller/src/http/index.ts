// HTTP of the controller: routes from the contract's table, errors in one form.
// Never decides anything: handlers do; never serves another machine without authentication.
export { getIdentity } from './authentication.ts';
export { keystoneClient } from './keystone-client.ts';
export { type Call, createServer, type Handlers, listen } from './server.ts';
