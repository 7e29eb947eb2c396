// Typed clients over the sockets: a method for each thing to ask or change, and the kernel's events.
// Must never decide what a refusal means, retry a change, or remember what the kernel said.
export { DevlinkClient } from './devlink-client.ts';
export { type ClientOptions, RouteClient } from './route-client.ts';
export { type KernelWatch, watchKernel, type WatchOptions } from './watch-kernel.ts';
