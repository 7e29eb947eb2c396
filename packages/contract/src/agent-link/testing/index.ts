// What tests on both ends of the link share.
// Must never be imported by what runs elsewhere than in tests.
export { PLAIN_PORT } from './plain-port.ts';
