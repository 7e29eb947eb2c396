// How kernel drivers answer, written from their source.
// Never reads the model's capability table: the two are held against each other by tests and by the lab.
export type { KernelDriver, Ndo, PfState } from './kernel-driver.ts';
export { kernelDriver, unknownDriver, vfioPci } from './kernel-drivers.ts';
