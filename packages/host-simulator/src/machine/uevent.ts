/** One message of the kernel's uevent socket: what happened to which device. */
export interface Uevent {
  readonly action: 'add' | 'remove' | 'change' | 'move' | 'bind' | 'unbind';
  readonly subsystem: 'pci' | 'net';
  /** PCI address of the device, for `net` with the interface's name behind a slash. */
  readonly device: string;
}
