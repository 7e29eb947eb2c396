// The domain of virtfn, pure: what a host has, what is wanted of it, and the plan between them.
// Must never import anything, know a wire format, or touch the system.
export * from './config/index.ts';
export * from './desired/index.ts';
export * from './domains/index.ts';
export * from './drift/index.ts';
export * from './drivers/index.ts';
export * from './errors/index.ts';
export * from './ethernet/index.ts';
export * from './filters/index.ts';
export * from './findings/index.ts';
export * from './inventory/index.ts';
export * from './ip/index.ts';
export * from './names/index.ts';
export * from './network/index.ts';
export * from './pci/index.ts';
export * from './plan/index.ts';
