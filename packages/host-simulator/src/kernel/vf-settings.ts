import { PLACEHOLDER_MAC, type VfSetting, type VfSettings } from '@virtfn/model';
import type { KernelDriver, Ndo } from '../drivers/index.ts';
import type { MachineKernel } from '../machine/machine-kernel.ts';
import type { SimulatedPf, SimulatedVf } from '../machine/simulated-pf.ts';
import { KernelBlocked, KernelErrno } from './kernel-answer.ts';

/** How long a VF is away when its PF resets it. */
const RESET_MS = 100;

const NDO_OF: Readonly<Record<VfSetting['attribute'], Ndo>> = {
  adminMac: 'mac',
  vlan: 'vlan',
  spoofCheck: 'spoofCheck',
  trust: 'trust',
  linkState: 'linkState',
  rate: 'rate',
};

/** One RTM_SETLINK with one IFLA_VF attribute: do_setvfinfo of net/core/rtnetlink.c, then the driver. */
export function setVfSetting(
  machine: MachineKernel,
  pf: SimulatedPf,
  vf: SimulatedVf,
  setting: VfSetting,
): void {
  if (pf.removalBlocked) throw new KernelBlocked('the PF waits for a VF to be let go of');
  const { driver } = pf;
  if (driver === null) throw new KernelErrno('ENODEV');
  const ndo = NDO_OF[setting.attribute];
  if (!driver.ndo.has(ndo)) throw new KernelErrno('EOPNOTSUPP');
  if (pf.eswitchMode === 'switchdev' && refusedInSwitchdev(driver, setting))
    throw new KernelErrno('EOPNOTSUPP');
  if (driver.refusesDuringReset && machine.clock.now() < vf.resetUntil) {
    machine.log(pf, `VF ${vf.vfIndex} still in reset. Try again.`);
    throw new KernelErrno('EAGAIN');
  }
  vf.settings = withSetting(machine, pf, driver, vf.settings, setting);
  if (setting.attribute === 'adminMac') vf.ownMac = null;
  if (setting.attribute === 'adminMac' && setting.value !== null && driver.macNotice !== null) {
    machine.log(pf, driver.macNotice);
  }
  if (driver.resetsVfFor.has(ndo) && vf.driver !== null) vf.resetUntil = machine.clock.now() + RESET_MS;
  if (setting.attribute === 'adminMac' && driver.macTakesEffect !== 'reload' && vf.effectiveMac !== null) {
    vf.effectiveMac = setting.value ?? vf.effectiveMac;
  }
  machine.changed(pf);
}

function refusedInSwitchdev(driver: KernelDriver, setting: VfSetting): boolean {
  // mlx5 takes VLAN 0 "for compatibility with libvirt" (K13).
  if (setting.attribute === 'vlan' && setting.value === null) return false;
  return driver.switchdev?.refuses.has(NDO_OF[setting.attribute]) ?? false;
}

function withSetting(
  machine: MachineKernel,
  pf: SimulatedPf,
  driver: KernelDriver,
  settings: VfSettings,
  setting: VfSetting,
): VfSettings {
  switch (setting.attribute) {
    case 'adminMac':
      if (setting.value !== null) return { ...settings, adminMac: setting.value };
      // What the host sends instead of zeros to a driver that refuses them.
      return { ...settings, adminMac: driver.refusesZeroMac ? PLACEHOLDER_MAC : null };
    case 'vlan':
      if (setting.value !== null && !driver.vlanProtocols.has(setting.value.proto))
        throw new KernelErrno('EPROTONOSUPPORT');
      return { ...settings, vlan: setting.value };
    case 'spoofCheck':
      return { ...settings, spoofCheck: setting.value };
    case 'trust':
      return { ...settings, trust: setting.value };
    case 'linkState':
      return { ...settings, linkState: setting.value };
    case 'rate': {
      const { minTxRateMbps, maxTxRateMbps } = setting.value;
      const refused = driver.checkRate(machine.pfState(pf), minTxRateMbps ?? 0, maxTxRateMbps ?? 0);
      if (refused !== null) throw new KernelErrno(refused);
      return { ...settings, minTxRateMbps, maxTxRateMbps };
    }
  }
}
