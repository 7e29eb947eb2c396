// Calls into the kernel that may not come back, in a thread of their own and under a time limit.
// Must never run such a call in the main thread: a file of sysfs can hang for as long as the kernel waits for a virtual
// machine (K4), and nothing can interrupt it.
export { KernelThread } from './kernel-thread.ts';
