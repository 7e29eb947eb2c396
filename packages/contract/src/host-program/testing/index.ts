// What tests share that ask an agent.
// Must never be imported by what runs elsewhere than in tests.
export { PLAIN_ATTACH } from './plain-attach.ts';
