import type { SimulatedPf } from '../machine/index.ts';
import type { Netdev } from './netdevs.ts';
import type { SysfsTree } from './sysfs-tree.ts';

const IFF_UP = 0x1;
const IFF_BROADCAST = 0x2;
const IFF_PROMISC = 0x100;
const IFF_MULTICAST = 0x1000;

/** Adds the folder `net/NAME` of a device, and the link to it from the class. */
export function addNetdev(tree: SysfsTree, deviceFolder: string, netdev: Netdev): void {
  const { name, isUp, carrier, ifIndex, promiscuous } = netdev;
  const folder = `${deviceFolder}/net/${name}`;
  const up = isUp ? IFF_UP : 0;
  const flags = IFF_BROADCAST | IFF_MULTICAST | up | (promiscuous ? IFF_PROMISC : 0);
  tree.link(`/sys/class/net/${name}`, folder);
  tree.link(`${folder}/device`, deviceFolder);
  tree.link(`${folder}/subsystem`, '/sys/class/net');
  tree.file(`${folder}/address`, netdev.mac);
  tree.file(`${folder}/broadcast`, 'ff:ff:ff:ff:ff:ff');
  tree.file(`${folder}/dev_id`, '0x0');
  tree.file(`${folder}/dev_port`, 0);
  tree.file(`${folder}/flags`, `0x${flags.toString(16)}`);
  tree.file(`${folder}/ifindex`, ifIndex);
  tree.file(`${folder}/iflink`, ifIndex);
  tree.file(`${folder}/mtu`, netdev.mtu);
  tree.file(`${folder}/operstate`, carrier ? 'up' : 'down');
  tree.file(`${folder}/tx_queue_len`, 1000);
  tree.file(`${folder}/type`, 1);
  addLink(tree, folder, netdev);
  addPhysical(tree, folder, netdev);
}

/** `lo`, which belongs to no device. */
export function addLoopback(tree: SysfsTree): void {
  const folder = '/sys/devices/virtual/net/lo';
  tree.link('/sys/class/net/lo', folder);
  tree.link(`${folder}/subsystem`, '/sys/class/net');
  tree.file(`${folder}/address`, '00:00:00:00:00:00');
  tree.file(`${folder}/carrier`, 1);
  tree.file(`${folder}/flags`, '0x9');
  tree.file(`${folder}/ifindex`, 1);
  tree.file(`${folder}/iflink`, 1);
  tree.file(`${folder}/mtu`, 65_536);
  tree.file(`${folder}/operstate`, 'unknown');
  tree.refuses(`${folder}/phys_port_name`, 'EOPNOTSUPP');
  tree.refuses(`${folder}/phys_switch_id`, 'EOPNOTSUPP');
  tree.refuses(`${folder}/speed`, 'EINVAL');
  tree.file(`${folder}/type`, 772);
}

/** Reading these of an interface that is down answers EINVAL (carrier_show, speed_show of net/core/net-sysfs.c). */
function addLink(tree: SysfsTree, folder: string, { isUp, carrier, linkMbps }: Netdev): void {
  if (!isUp) {
    for (const name of ['carrier', 'duplex', 'speed']) tree.refuses(`${folder}/${name}`, 'EINVAL');
    return;
  }
  tree.file(`${folder}/carrier`, carrier ? 1 : 0);
  tree.file(`${folder}/duplex`, carrier ? 'full' : 'unknown');
  tree.file(`${folder}/speed`, linkMbps ?? -1);
}

/** The files are always there; without support, reading them answers EOPNOTSUPP (K12). */
function addPhysical(tree: SysfsTree, folder: string, { role }: Netdev): void {
  const { pf } = role;
  tree.refuses(`${folder}/phys_port_id`, 'EOPNOTSUPP');
  if (pf.eswitchMode !== 'switchdev' || role.kind === 'vf') {
    tree.refuses(`${folder}/phys_port_name`, 'EOPNOTSUPP');
    tree.refuses(`${folder}/phys_switch_id`, 'EOPNOTSUPP');
    return;
  }
  const port = pf.port.function;
  tree.file(`${folder}/phys_port_name`, role.kind === 'pf' ? `p${port}` : `pf${port}vf${role.vf.vfIndex}`);
  tree.file(`${folder}/phys_switch_id`, switchId(pf));
}

/** Each port of a card is a switch of its own. */
function switchId(pf: SimulatedPf): string {
  return `${pf.mac.replaceAll(':', '')}0000`;
}
