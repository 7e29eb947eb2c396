// Virtual machines in memory, on the simulated machine whose VFs they hold: what libvirt, QEMU and guests do.
// Must never be kinder than they are: guests may keep a device, die while they let go, or have no slot for it.
export { type DomainFault, type DomainStepMatch } from './domain-faults.ts';
export { type GuestManner, type SimulatedDomainOptions } from './simulated-domain.ts';
export { SimulatedHypervisor } from './simulated-hypervisor.ts';
