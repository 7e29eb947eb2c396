// What netlink tells and takes, beside what sysfs does.
// Must never be asked by name where a number is known: names change at any moment.
export { layOver } from './lay-over.ts';
export type { LinkKernel } from './link-kernel.ts';
export { RouteKernel } from './route-kernel.ts';
export { watchHost } from './watch-host.ts';
