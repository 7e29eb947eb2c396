// The Hypervisor port on libvirt: domains read from their XML, interfaces plugged as XML.
// Must never act on the text of an error, and never write a whole domain: what it does not know stays as it is.
export { type HypervisorOptions, openLibvirtHypervisor } from './libvirt-hypervisor.ts';
