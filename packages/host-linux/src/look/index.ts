// One look at this machine as a whole, taken in a thread of its own and under a time limit.
// Must never block the process: a file of sysfs can hang for as long as the kernel waits for a virtual machine (K4),
// and such a read cannot be interrupted.
export { readHostId, readMachine } from './read-machine.ts';
export { LookThread } from './look-thread.ts';
