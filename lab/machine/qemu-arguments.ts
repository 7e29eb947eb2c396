import { createHash } from 'node:crypto';
import { channelCount, channelName } from '../channel/protocol.ts';
import { type Image, outsideMac } from '../image/index.ts';
import { endsOfWire, type HostTopology, type LabTopology } from '../topologies/index.ts';

/** `tcg` is emulation: works everywhere, many times slower. */
export type Accelerator = 'kvm' | 'tcg';

export interface MachinePlan {
  readonly topology: LabTopology;
  readonly host: HostTopology;
  readonly image: Image;
  readonly accelerator: Accelerator;
  /** Names of files and sockets of this host. */
  readonly files: MachineFiles;
  /** Gives the socket on which a host listens for frames of a wire. */
  readonly wireSocket: (wire: string, host: string) => string;
}

export interface MachineFiles {
  readonly disk: string;
  readonly code: string;
  readonly console: string;
  readonly qmp: string;
  readonly channel: (index: number) => string;
}

/** The wire between all hosts that carries no VF: each host has a virtio network device on it. */
const managementWire = 'management';

/** The address of a host on the management wire. */
export function managementAddress(topology: LabTopology, host: HostTopology): string {
  return `10.77.0.${topology.hosts.indexOf(host) + 1}`;
}

/** Writes the command line of QEMU for one host. Pure. */
export function planQemuArguments(plan: MachinePlan): readonly string[] {
  return planGroups(plan).flat();
}

/** Options that belong together stand together. */
function planGroups(plan: MachinePlan): readonly (readonly string[])[] {
  const { topology, host, image, accelerator, files } = plan;
  return [
    ['-name', `virtfn-lab-${host.name}`, '-uuid', uuidOf(topology, host)],
    // Interrupt remapping under KVM needs the interrupt controller of user space.
    ['-machine', accelerator === 'kvm' ? 'q35,accel=kvm,kernel-irqchip=split' : 'q35,accel=tcg'],
    ['-cpu', accelerator === 'kvm' ? 'host' : 'max', '-smp', '2', '-m', `${host.memoryMegabytes}`],
    ['-nodefaults', '-no-user-config', '-display', 'none'],
    // Says when a processor could not go on.
    ['-d', 'cpu_reset'],
    ['-chardev', `file,id=console,path=${files.console}`, '-serial', 'chardev:console'],
    ['-qmp', `unix:${files.qmp},server=on,wait=off`],
    ['-kernel', image.kernel, '-initrd', image.initrd, '-append', kernelCommandLine(topology, host)],
    ['-device', 'intel-iommu,intremap=on,caching-mode=on', '-device', 'virtio-rng-pci'],
    disk('root', files.disk),
    disk('code', files.code),
    channels(files),
    networkOf(plan, managementWire, { id: 'management', end: 0 }),
    ['-device', `virtio-net-pci,netdev=management,mac=${macOf(topology, host, 0)}`],
    // Servers of this machine on loopback are at 10.0.2.2 for the host; nobody else is, since it has no other route.
    ['-netdev', 'user,id=outside,net=10.0.2.0/24,ipv6=off'],
    ['-device', `virtio-net-pci,netdev=outside,mac=${outsideMac}`],
    ...host.cards.flatMap((card, at) => {
      const id = `card${card.slot}`;
      const end = host.cards.slice(0, at).filter(({ wire }) => wire === card.wire).length;
      const rootPort = `pcie-root-port,id=slot${card.slot},chassis=${card.slot},slot=${card.slot}`;
      // The kernel numbers buses in the order of the root ports' own addresses.
      const address = `addr=0x${(0x10 + card.slot).toString(16)}`;
      return [
        ['-device', `${rootPort},${address}`],
        networkOf(plan, card.wire, { id, end }),
        ['-device', `igb,netdev=${id},bus=slot${card.slot},mac=${macOf(topology, host, card.slot)}`],
      ];
    }),
  ];
}

function kernelCommandLine(topology: LabTopology, host: HostTopology): string {
  const hosts = topology.hosts.map((each) => `${each.name}=${managementAddress(topology, each)}`);
  const netdevsims = host.netdevsims.map(({ id, ports, maxVfs }) => `${id}:${ports}:${maxVfs}`);
  return [
    'console=ttyS0 loglevel=4 intel_iommu=on iommu=pt mitigations=off',
    `systemd.hostname=${host.name} systemd.machine_id=${uuidOf(topology, host).replaceAll('-', '')}`,
    `lab.address=${managementAddress(topology, host)}/24 lab.hosts=${hosts.join(',')}`,
    ...(netdevsims.length === 0 ? [] : [`lab.netdevsim=${netdevsims.join(',')}`]),
  ].join(' ');
}

function disk(id: string, file: string): readonly string[] {
  const drive = `file=${file},if=none,id=${id},format=qcow2,cache=unsafe,discard=unmap`;
  return ['-drive', drive, '-device', `virtio-blk-pci,drive=${id}`];
}

function channels(files: MachineFiles): readonly string[] {
  const each = Array.from({ length: channelCount }, (_, index) => [
    ['-chardev', `socket,id=channel${index},path=${files.channel(index)},server=on,wait=off`],
    ['-device', `virtserialport,chardev=channel${index},name=${channelName(index)}`],
  ]);
  return ['-device', 'virtio-serial-pci', ...each.flat(2)];
}

/**
 * The network behind one card: the way to the other host, or to nobody, where frames are dropped. Cards of one host on
 * the same wire meet in a hub, and the first of them brings the hub's way out. A hub must not be left with one card:
 * it takes no frame then, and the card's queue hangs.
 */
function networkOf(
  { topology, host, wireSocket }: MachinePlan,
  wire: string,
  { id, end }: { readonly id: string; readonly end: number },
): readonly string[] {
  const hosts = wire === managementWire ? topology.hosts : endsOfWire(topology, wire);
  const here = wire === managementWire ? 1 : host.cards.filter((card) => card.wire === wire).length;
  const peer = hosts.find((each) => each !== host);
  const own = wireSocket(wire, host.name);
  const other = peer === undefined ? `${own}.nobody` : wireSocket(wire, peer.name);
  const out = `local.type=unix,local.path=${own},remote.type=unix,remote.path=${other}`;
  if (here === 1) return ['-netdev', `dgram,id=${id},${out}`];

  const port = ['-netdev', `hubport,id=${id},hubid=${hubOf(host, wire)}`];
  if (end > 0 || peer === undefined) return port;
  const link = ['-netdev', `dgram,id=${id}-link,${out}`];
  return [...link, '-netdev', `hubport,id=${id}-out,hubid=${hubOf(host, wire)},netdev=${id}-link`, ...port];
}

function hubOf(host: HostTopology, wire: string): number {
  return [...new Set(host.cards.map((card) => card.wire))].indexOf(wire) + 1;
}

/** The same in every run, so that what names a host or a card by it can be compared between runs. */
function uuidOf(topology: LabTopology, host: HostTopology): string {
  const hash = createHash('sha256').update(`${topology.name}/${host.name}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** QEMU's own range; slot 0 is the management device. */
function macOf(topology: LabTopology, host: HostTopology, slot: number): string {
  const bytes = [topology.hosts.indexOf(host) + 1, slot].map((byte) => byte.toString(16).padStart(2, '0'));
  return `52:54:00:00:${bytes.join(':')}`;
}
