import { type ObservedHost, type PciId, type PhysicalFunction, type VirtualFunction } from '@virtfn/model';
import type { SimulatedMachine } from './simulated-machine.ts';
import {
  hasCarrier,
  shownSettings,
  pfNetdevName,
  type SimulatedPf,
  type SimulatedVf,
  sriovTotalVfs,
  vfAddress,
  vfOffset,
  vfIommuGroup,
  vfProductId,
  vfRepresentor,
} from './simulated-pf.ts';

function observeVf(machine: SimulatedMachine, pf: SimulatedPf, vf: SimulatedVf): VirtualFunction {
  const isReset = machine.clock.now() < vf.resetUntil;
  const isSwitchdev = pf.eswitchMode === 'switchdev';
  return {
    vfIndex: vf.vfIndex,
    pciAddress: vfAddress(pf, vf.vfIndex),
    driver: vf.driver,
    netdevName: vf.netdevName,
    effectiveMac: vf.effectiveMac,
    mtu: vf.netdevName === null ? null : vf.mtu,
    // A VF whose driver does not answer is left out of the list (K9).
    settings: isReset ? null : shownSettings(pf, vf),
    users: vf.users,
    vfRepresentor: isSwitchdev ? vfRepresentor(pf, vf.vfIndex) : null,
    iommuGroup: vfIommuGroup(pf, vf.vfIndex),
    attachmentId: null,
  };
}

function observePf(machine: SimulatedMachine, pf: SimulatedPf): PhysicalFunction {
  const now = machine.clock.now();
  const carrier = hasCarrier(pf, now);
  return {
    pciAddress: pf.address,
    vendorId: pf.card.vendorId as PciId,
    productId: pf.card.productId as PciId,
    vendorName: pf.card.vendorName,
    productName: pf.card.productName,
    driver: pf.driver?.name ?? null,
    netdevName: pfNetdevName(pf),
    mac: pf.mac,
    adminUp: pf.adminUp,
    carrier,
    linkMbps: carrier ? pf.linkMbps : null,
    mtu: pf.mtu,
    numaNode: pf.numaNode,
    iommuGroup: pf.iommuGroup,
    totalVfs: sriovTotalVfs(pf),
    numVfs: pf.numVfs,
    vfOffset: vfOffset(pf),
    vfStride: pf.port.vfStride,
    vfProductId: vfProductId(pf),
    driversAutoprobe: pf.driversAutoprobe,
    eswitchMode: pf.eswitchMode,
    carriesDefaultRoute: pf.carriesDefaultRoute,
    serial: pf.serial,
    firmware: pf.card.firmware,
    fdb: pf.fdb,
    refusedAttributes: [],
    vfs: pf.vfs.filter((vf) => vf.visibleAt <= now).map((vf) => observeVf(machine, pf, vf)),
  };
}

/** What one look at the machine's sysfs and netlink would show now. */
export function observeMachine(machine: SimulatedMachine): ObservedHost {
  return {
    hostId: machine.hostId,
    bootId: machine.bootId,
    simulated: true,
    numaNodes: machine.numaNodes,
    pfs: machine.pfs.map((pf) => observePf(machine, pf)),
    orphans: [],
    fdbClaims: [],
  };
}
