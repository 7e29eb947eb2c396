// One look at this machine as a whole, synchronously.
// Must never be called in the main thread of a long-lived process: see ../thread.
export { readHostId, readMachine } from './read-machine.ts';
