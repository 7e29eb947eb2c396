import type { VfSettings } from '@virtfn/model';
import {
  pfNetdevName,
  type SimulatedMachine,
  type SimulatedPf,
  type SimulatedVf,
  vfAddress,
} from '../machine/index.ts';
import { freshSettings } from '../machine/simulated-pf.ts';

const DEVICES = '/sys/bus/pci/devices';

/**
 * The state of the machine as the commands by which an operator would bring a freshly booted one there, for tests that
 * compare states. What is as after boot is not said. Users of VFs are no state of the kernel's that a command makes.
 */
export function printIpCommands(machine: SimulatedMachine): string {
  return machine.pfs
    .flatMap(pfCommands)
    .map((line) => `${line}\n`)
    .join('');
}

const write = (text: string, device: string, file: string): string =>
  `echo ${text} > ${DEVICES}/${device}/${file}`;

function pfCommands(pf: SimulatedPf): readonly string[] {
  const name = pfNetdevName(pf);
  if (name === null) return withoutDriver(pf);
  const set = (words: string): string => `ip link set ${name} ${words}`;
  return [
    ...(pf.adminUp === pf.upAtBoot ? [] : [set(pf.adminUp ? 'up' : 'down')]),
    ...(pf.mtu === 1500 ? [] : [set(`mtu ${pf.mtu}`)]),
    ...(pf.promiscuous ? [set('promisc on')] : []),
    ...pf.fdb.map((mac) => `bridge fdb replace ${mac} dev ${name} self`),
    ...enableCommands(pf),
    ...pf.vfs.flatMap((vf) => vfCommands(pf, vf, set)),
  ];
}

function withoutDriver(pf: SimulatedPf): readonly string[] {
  const unbind = write(pf.address, pf.address, 'driver/unbind');
  return pf.driver === null ? [unbind] : bindCommands(pf.address, pf.driver.name, unbind);
}

/** How the PF came to its VFs and its mode: drivers differ in the order that they allow (K13). */
function enableCommands(pf: SimulatedPf): readonly string[] {
  const mode =
    pf.eswitchMode === pf.card.eswitchMode
      ? []
      : [`devlink dev eswitch set pci/${pf.address} mode ${pf.eswitchMode}`];
  const count = pf.numVfs === 0 ? [] : [write(`${pf.numVfs}`, pf.address, 'sriov_numvfs')];
  const probing = (on: boolean): string => write(on ? '1' : '0', pf.address, 'sriov_drivers_autoprobe');
  if (isModeChangedWithVfs(pf)) {
    return [probing(false), ...count, ...mode, ...(pf.driversAutoprobe ? [probing(true)] : [])];
  }
  return [...(pf.driversAutoprobe ? [] : [probing(false)]), ...mode, ...count];
}

function isModeChangedWithVfs(pf: SimulatedPf): boolean {
  const isChanged = pf.eswitchMode !== pf.card.eswitchMode;
  return isChanged && pf.numVfs > 0 && pf.driver?.switchdev?.needsUnboundVfs === true;
}

function vfCommands(pf: SimulatedPf, vf: SimulatedVf, set: (words: string) => string): readonly string[] {
  const { adminMac } = vf.settings;
  const settings = settingWords(pf, vf.settings).map((words) => set(`vf ${vf.vfIndex} ${words}`));
  const drivers = driverCommands(pf, vf);
  // A MAC that the VF does not show was set under a driver that has to be loaded again for it (K14).
  const isUnseen = adminMac !== null && vf.effectiveMac !== null && vf.effectiveMac !== adminMac;
  return [
    ...(isUnseen ? [...drivers, ...settings] : [...settings, ...drivers]),
    ...(vf.netdevName === null || vf.mtu === 1500 ? [] : [`ip link set ${vf.netdevName} mtu ${vf.mtu}`]),
  ];
}

function settingWords(pf: SimulatedPf, settings: VfSettings): readonly string[] {
  if (pf.driver === null) return [];
  const fresh = freshSettings(pf.driver);
  const { adminMac, vlan, spoofCheck, trust, linkState, minTxRateMbps: min, maxTxRateMbps: max } = settings;
  const onOff = (is: boolean): string => (is ? 'on' : 'off');
  const vlanWords = [
    ...(vlan === null ? [] : [`vlan ${vlan.id}`]),
    ...(vlan === null || vlan.qos === 0 ? [] : [`qos ${vlan.qos}`]),
    ...(vlan === null || vlan.proto === '802.1q' ? [] : [`proto ${vlan.proto}`]),
  ].join(' ');
  const rateWords = [
    ...(max === null ? [] : [`max_tx_rate ${max}`]),
    ...(min === null ? [] : [`min_tx_rate ${min}`]),
  ].join(' ');
  return [
    adminMac === null ? '' : `mac ${adminMac}`,
    vlanWords,
    rateWords,
    spoofCheck === null || spoofCheck === fresh.spoofCheck ? '' : `spoofchk ${onOff(spoofCheck)}`,
    linkState === fresh.linkState ? '' : `state ${linkState}`,
    trust === null || trust === fresh.trust ? '' : `trust ${onOff(trust)}`,
  ].filter((words) => words !== '');
}

function driverCommands(pf: SimulatedPf, vf: SimulatedVf): readonly string[] {
  const address = vfAddress(pf, vf.vfIndex);
  const own = pf.driver?.vfDriver ?? null;
  const first = pf.driversAutoprobe && !isModeChangedWithVfs(pf) ? own : null;
  const isReloaded =
    vf.settings.adminMac !== null &&
    vf.effectiveMac === vf.settings.adminMac &&
    pf.driver?.macTakesEffect === 'reload';
  if (vf.driver === first && (first === null || !isReloaded)) return [];
  const unbind = first === null ? null : write(address, address, 'driver/unbind');
  if (vf.driver === null) return unbind === null ? [] : [unbind];
  if (vf.driver !== own) return bindCommands(address, vf.driver, unbind);
  if (pf.driversAutoprobe) return [...(unbind === null ? [] : [unbind]), probe(address)];
  // With probing off the kernel binds only what has an override (pci_device_can_probe), which is cleared again (K7).
  return [...bindCommands(address, vf.driver, unbind), `echo > ${DEVICES}/${address}/driver_override`];
}

const probe = (address: string): string => `echo ${address} > /sys/bus/pci/drivers_probe`;

/** In the order of K7: the override first, so that nobody else takes the device in between. */
function bindCommands(address: string, driver: string, unbind: string | null): readonly string[] {
  const override = write(driver, address, 'driver_override');
  return [override, ...(unbind === null ? [] : [unbind]), probe(address)];
}
