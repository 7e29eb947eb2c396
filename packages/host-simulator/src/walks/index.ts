// Random desired states and what must hold while a host walks between them.
// Never draws without a seed, so that every walk can be walked again.
export { isVfOpen, openVfs } from './open-vfs.ts';
export { randomDesired } from './random-desired.ts';
