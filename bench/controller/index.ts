// A controller in a process of its own, for benchmarks: its CPU time and memory are its alone.
// Must never be a test's: nothing here checks what is answered beyond its status.
export type { ControllerServer, Figures } from './controller-server.ts';
export { withController } from './with-controller.ts';
