// Virtual machines inside the lab's hosts, under the hosts' own libvirt and QEMU: small ones that boot in ten seconds, take devices
// that are plugged in, and run commands over a serial port whatever becomes of their network.
// Never uses virtfn: tests of it must be able to compare with what plain virsh does.
export { LabVm } from './lab-vm.ts';
export { buildNestedImage, prepareHosts } from './prepare-hosts.ts';
