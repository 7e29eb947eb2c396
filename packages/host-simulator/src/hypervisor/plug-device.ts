import { type DomainInterface, type PciAddress, SriovError, type VfSetting } from '@virtfn/model';
import { KernelBlocked, KernelErrno, setVfDriver, setVfSetting } from '../kernel/index.ts';
import { type SimulatedMachine, type SimulatedPf, type SimulatedVf, vfAddress } from '../machine/index.ts';

const QEMU = 'qemu-system-x86';

/** A VF and its PF. */
interface Place {
  readonly pf: SimulatedPf;
  readonly vf: SimulatedVf;
}

/**
 * What libvirt and QEMU do to the host when a device is plugged (qemu_hotplug.c, virhostdev.c of libvirt 9.0): MAC and VLAN by
 * the PF, the driver of the VF, and the process that holds it.
 *
 * @returns how to take it off again
 * @throws {SriovError} HYPERVISOR_REFUSED, and nothing is changed
 */
export function plugDevice(machine: SimulatedMachine, device: DomainInterface, vm: string): () => void {
  const { source } = device;
  switch (source.kind) {
    case 'vf':
      return plugVf(machine, device, getPlace(machine, source.pciAddress), vm);
    case 'macvtap': {
      const { netdevName } = source;
      const place = findPlace(machine, ({ vf }) => vf.netdevName === netdevName);
      if (place === null) throw refused(`Cannot get interface MTU on '${netdevName}': No such device`);
      return plugMacvtap(machine, device, place, vm);
    }
    case 'pci-device':
    case 'bridge':
    case 'ovs':
      // What the host has beside its VFs is not simulated.
      return () => {};
  }
}

function plugVf(
  machine: SimulatedMachine,
  device: DomainInterface,
  { pf, vf }: Place,
  vm: string,
): () => void {
  if (vf.users.length > 0) throw refused(`PCI device ${vfAddress(pf, vf.vfIndex)} is in use`);
  const { adminMac, vlan } = vf.settings;
  const driver = vf.driver;
  const restore = (): void => {
    // What libvirt found when it came, whatever has been set since (virHostdevRestoreNetConfig).
    attempt(machine, pf, vf, { attribute: 'adminMac', value: adminMac });
    attempt(machine, pf, vf, { attribute: 'vlan', value: vlan });
  };
  try {
    if (device.mac !== null) setVfSetting(machine, pf, vf, { attribute: 'adminMac', value: device.mac });
    if (device.vlanId !== null) {
      const value = { id: device.vlanId, qos: 0, proto: '802.1q' } as const;
      setVfSetting(machine, pf, vf, { attribute: 'vlan', value: { ...value } });
    }
    setVfDriver(machine, pf, vf, 'vfio-pci');
    machine.addVfUser(pf, vf.vfIndex, { kind: 'vfio', process: QEMU, vm });
  } catch (error) {
    if (!(error instanceof KernelErrno) && !(error instanceof KernelBlocked)) throw error;
    restore();
    throw refused(`Cannot set up ${vfAddress(pf, vf.vfIndex)}: ${error.message}`);
  }
  return () => {
    // Its VFs may have been taken away and made anew, with the machine off.
    if (pf.vfs[vf.vfIndex] !== vf) return;
    machine.removeVfUsers(pf, vf.vfIndex);
    restore();
    // A device that was not on vfio-pci goes back to where the kernel would have it.
    if (driver !== 'vfio-pci') setVfDriver(machine, pf, vf, pf.driversAutoprobe ? 'kernel' : 'none');
  };
}

function plugMacvtap(
  machine: SimulatedMachine,
  device: DomainInterface,
  { pf, vf }: Place,
  vm: string,
): () => void {
  const { netdevName } = vf;
  if (netdevName === null || vf.users.length > 0) throw refused(`device ${netdevName} is in use`);
  const { adminMac } = vf.settings;
  if (device.mac !== null) {
    attempt(machine, pf, vf, { attribute: 'adminMac', value: device.mac });
    vf.effectiveMac = device.mac;
  }
  machine.addVfUser(pf, vf.vfIndex, { kind: 'macvtap', netdevName, vm });
  return () => {
    if (pf.vfs[vf.vfIndex] !== vf) return;
    machine.removeVfUsers(pf, vf.vfIndex);
    attempt(machine, pf, vf, { attribute: 'adminMac', value: adminMac });
  };
}

function attempt(machine: SimulatedMachine, pf: SimulatedPf, vf: SimulatedVf, setting: VfSetting): void {
  try {
    setVfSetting(machine, pf, vf, setting);
  } catch (error) {
    // libvirt writes it to its log and goes on.
    if (!(error instanceof KernelErrno) && !(error instanceof KernelBlocked)) throw error;
  }
}

function getPlace(machine: SimulatedMachine, address: PciAddress): Place {
  const place = findPlace(machine, ({ pf, vf }) => vfAddress(pf, vf.vfIndex) === address);
  if (place === null)
    throw refused(`Device ${address} not found: could not access /sys/bus/pci/devices/${address}/config`);
  return place;
}

function findPlace(machine: SimulatedMachine, isMeant: (place: Place) => boolean): Place | null {
  for (const pf of machine.pfs) for (const vf of pf.vfs) if (isMeant({ pf, vf })) return { pf, vf };
  return null;
}

export function refused(text: string): SriovError {
  return new SriovError('HYPERVISOR_REFUSED', `Cannot change the virtual machine: libvirt says "${text}"`);
}
