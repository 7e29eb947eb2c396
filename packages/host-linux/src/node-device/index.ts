// One PCI function as libvirt's node device document, from sysfs alone: libvirt need not run, nor be there.
// Must never say what libvirt would not: the lab compares it with `virsh nodedev-dumpxml` element by element.
export { describeNodeDevice } from './describe-node-device.ts';
