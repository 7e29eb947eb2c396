// libvirt by running the program virsh, where its protocol cannot be spoken.
// Must never decide by what virsh says of a failure, go through a shell, or hand it XML where another user could read it.
export { VirshLibvirt, type VirshOptions } from './virsh-libvirt.ts';
