// Hosts in memory that behave as kernel, drivers and cards do, with faults on demand and time that tests own.
// Never a mock: it has state and obeys the kernel facts; what the lab shows and it does not is a defect of it.
export * from './bandwidth/index.ts';
export * from './cards/index.ts';
export * from './counters/index.ts';
export * from './drivers/index.ts';
export * from './fleet/index.ts';
export * from './host/index.ts';
export * from './hypervisor/index.ts';
export * from './kernel/index.ts';
export * from './machine/index.ts';
export * from './packet-filters/index.ts';
export * from './print/index.ts';
export * from './traffic/index.ts';
export * from './veb/index.ts';
export * from './walks/index.ts';
