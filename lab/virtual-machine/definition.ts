import { createHash } from 'node:crypto';

/** What QEMU in a lab host runs a virtual machine with: `kvm` also where the lab host itself is emulated. */
type DomainType = 'kvm' | 'qemu';

export interface VmDefinition {
  /** Letters, digits and `-`. */
  readonly name: string;
  readonly type: DomainType;
  /** `<interface>` and `<hostdev>` elements, as libvirt reads them. */
  readonly devices: readonly string[];
  /** Words for the kernel, beyond those that every machine gets. */
  readonly kernelArguments: readonly string[];
}

/** Where libvirt's own images lie in a lab host, and what QEMU boots from. */
export const nestedKernelPlace = '/var/lib/libvirt/images/nested-vmlinuz';
export const nestedInitrdPlace = '/var/lib/libvirt/images/nested-initrd.gz';

/** The UNIX socket of the command channel, in the host where the machine is. */
export function commandSocketOf(name: string): string {
  return `/run/virtfn-lab.${name}.commands`;
}

/** What the machine says on its console. */
export function consoleLogOf(name: string): string {
  return `/var/log/libvirt/qemu/${name}.console.log`;
}

/**
 * The processor of the lab host that runs all machines. It must not be the first: where QEMU emulates the host, any other processor that
 * restores FPU state may undo what the first has just noted of its guest (docs/adr/0019).
 */
const hostProcessor = 1;

/** How many devices can be plugged in: each needs a root port of its own. */
const rootPorts = 5;

/** The domain document of a virtual machine: q35, no disk, two serial ports, free slots for hot-plug. Pure. */
export function formatDomain({ name, type, devices, kernelArguments }: VmDefinition): string {
  const rootPort = `    <controller type='pci' model='pcie-root-port'/>\n`;
  // Emulation under emulation: the kernel must not find out by trial how long a tick is, nor judge the clocks.
  const words = ['console=ttyS0', 'quiet', 'tsc=reliable', 'no_timer_check', ...kernelArguments];
  return `<domain type='${type}'>
  <name>${name}</name>
  <uuid>${uuidOf(name)}</uuid>
  <memory unit='MiB'>96</memory>
  <vcpu cpuset='${hostProcessor}'>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${nestedKernelPlace}</kernel>
    <initrd>${nestedInitrdPlace}</initrd>
    <cmdline>${words.join(' ')}</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <cpu mode='${type === 'kvm' ? 'host-passthrough' : 'maximum'}'/>
  <clock offset='utc'/>
  <devices>
    <controller type='pci' model='pcie-root'/>
${rootPort.repeat(rootPorts)}    <controller type='usb' model='none'/>
    <serial type='pty'>
      <log file='${consoleLogOf(name)}' append='off'/>
      <target port='0'/>
    </serial>
    <serial type='unix'>
      <source mode='bind' path='${commandSocketOf(name)}'/>
      <target port='1'/>
    </serial>
    <memballoon model='none'/>
${devices.map((xml) => `    ${xml}\n`).join('')}  </devices>
</domain>
`;
}

/** The same for the same name on every host, as it must be for a migration. */
function uuidOf(name: string): string {
  const hash = createHash('sha256').update(`virtfn lab machine ${name}`).digest('hex');
  const [a, b, c, d, e] = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(13, 16),
    hash.slice(17, 20),
    hash.slice(20, 32),
  ];
  return `${a}-${b}-4${c}-8${d}-${e}`;
}
