import type { PciAddress } from '@virtfn/model';
import {
  type SimulatedMachine,
  type SimulatedPf,
  sriovTotalVfs,
  vfAddress,
  vfOffset,
  vfIommuGroup,
} from '../machine/index.ts';
import { listNetdevs, type Netdev } from './netdevs.ts';
import { addLoopback, addNetdev } from './sysfs-net.ts';
import { addNumaNodes } from './sysfs-numa.ts';
import { SysfsTree } from './sysfs-tree.ts';

/**
 * The machine's sysfs as one text (the forms of its lines: see SysfsTree), so far as network cards and NUMA nodes are in it. Devices lie
 * under their root bus, `/sys/devices/pci0000:82/0000:82:10.1`: bridges are left out, and a card has a root bus of its own.
 * While a removal of VFs hangs, reading `sriov_numvfs` hangs too on a real host, which text cannot show.
 */
export function printSysfs(machine: SimulatedMachine): string {
  const tree = new SysfsTree();
  const now = machine.clock.now();
  const netdevs = listNetdevs(machine);
  addLoopback(tree);
  addNumaNodes(tree, machine.numaNodes);
  for (const pf of machine.pfs) {
    const visible = pf.vfs.filter((vf) => vf.visibleAt <= now);
    const vfs = visible.map((vf) => ({ ...vf, address: vfAddress(pf, vf.vfIndex) }));
    addPf(tree, pf, netdevs);
    for (const vf of vfs) {
      const folder = deviceFolder(pf, vf.address);
      tree.link(`${deviceFolder(pf, pf.address)}/virtfn${vf.vfIndex}`, folder);
      tree.link(`${folder}/physfn`, deviceFolder(pf, pf.address));
      const driver = vf.driver;
      const override = driver === 'vfio-pci' ? driver : '(null)';
      const group = vfIommuGroup(pf, vf.vfIndex);
      addDevice(tree, pf, { address: vf.address, productId: pf.card.vfProductId, driver, override, group });
      addNetdevs(tree, folder, vf.address, netdevs);
    }
  }
  return tree.print();
}

function deviceFolder(pf: SimulatedPf, address: PciAddress): string {
  const rootBus = pf.address.slice(0, pf.address.lastIndexOf(':'));
  return `/sys/devices/pci${rootBus}/${address}`;
}

interface Device {
  readonly address: PciAddress;
  readonly productId: string;
  readonly driver: string | null;
  /** What `driver_override` reads; `(null)` for none. */
  readonly override: string;
  readonly group: number;
}

function addDevice(tree: SysfsTree, pf: SimulatedPf, device: Device): void {
  const { address, driver, group } = device;
  const folder = deviceFolder(pf, address);
  const iommuGroup = `/sys/kernel/iommu_groups/${group}`;
  tree.link(`/sys/bus/pci/devices/${address}`, folder);
  tree.link(`${folder}/subsystem`, '/sys/bus/pci');
  tree.file(`${folder}/vendor`, `0x${pf.card.vendorId}`);
  tree.file(`${folder}/device`, `0x${device.productId}`);
  tree.file(`${folder}/class`, '0x020000');
  tree.file(`${folder}/revision`, `0x${pf.card.revision}`);
  tree.file(`${folder}/numa_node`, pf.numaNode);
  tree.file(`${folder}/driver_override`, device.override);
  tree.link(`${folder}/iommu_group`, iommuGroup);
  tree.link(`${iommuGroup}/devices/${address}`, folder);
  tree.file(`${iommuGroup}/type`, 'DMA-FQ');
  if (driver === null) return;
  tree.link(`${folder}/driver`, `/sys/bus/pci/drivers/${driver}`);
  tree.link(`/sys/bus/pci/drivers/${driver}/${address}`, folder);
}

function addPf(tree: SysfsTree, pf: SimulatedPf, netdevs: readonly Netdev[]): void {
  const folder = deviceFolder(pf, pf.address);
  const driver = pf.driver?.name ?? null;
  const override = driver === 'vfio-pci' ? driver : '(null)';
  addDevice(tree, pf, {
    address: pf.address,
    productId: pf.card.productId,
    driver,
    override,
    group: pf.iommuGroup,
  });
  // Made by the PCI core for every device with the capability, with or without a driver (K6).
  tree.file(`${folder}/sriov_totalvfs`, sriovTotalVfs(pf));
  tree.file(`${folder}/sriov_numvfs`, pf.numVfs);
  tree.file(`${folder}/sriov_offset`, vfOffset(pf));
  tree.file(`${folder}/sriov_stride`, pf.port.vfStride);
  tree.file(`${folder}/sriov_vf_device`, Number.parseInt(pf.card.vfProductId, 16).toString(16));
  tree.file(`${folder}/sriov_drivers_autoprobe`, pf.driversAutoprobe ? 1 : 0);
  // 0: the driver gives VFs no vectors one by one (pci_driver.sriov_get_vf_total_msix).
  tree.file(`${folder}/sriov_vf_total_msix`, 0);
  addNetdevs(tree, folder, pf.address, netdevs);
}

function addNetdevs(tree: SysfsTree, folder: string, address: PciAddress, netdevs: readonly Netdev[]): void {
  for (const netdev of netdevs) if (netdev.device === address) addNetdev(tree, folder, netdev);
}
