// Ports in virtual machines: which are wanted, plugging and unplugging them around what is done to the host itself.
// Must never release a VF that a machine still has, nor plug one that is not set up.
export { bringAbout, type BroughtAbout, type DomainStepRecord, pluggedIn } from './bring-about.ts';
export { Departures, type DeparturesOptions } from './departures.ts';
export { keepHost, type KeepOptions, type VirtualMachines } from './keep-host.ts';
export { bridgeFor, wantedInterfaces } from './wanted-interfaces.ts';
