// One look at this machine as a whole, synchronously.
// Must never be called in the main thread of a long-lived process: see ../thread.
export { readHostId, readMachine, readOnePf } from './read-machine.ts';
