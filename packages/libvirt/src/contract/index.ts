// What every way to libvirt must do the same: for our own protocol and for virsh, on any hypervisor that libvirt drives.
// Must never name a backend, nor do to a domain what the target does not allow.
export { type LibvirtTarget, testLibvirt } from './libvirt-contract.ts';
