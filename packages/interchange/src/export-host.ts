import {
  closedProblems,
  type ObservedHost,
  type PhysicalFunction,
  type VirtualFunction,
} from '@virtfn/model';
import {
  formatHostYaml,
  formatNetplan,
  formatNetworkManager,
  formatNmstate,
  formatSystemdLink,
} from './formats/index.ts';
import type { PortablePf, PortableVf, Translation } from './portable.ts';

const FORMATTERS = {
  yaml: formatHostYaml,
  networkmanager: formatNetworkManager,
  systemd: formatSystemdLink,
  netplan: formatNetplan,
  nmstate: formatNmstate,
} as const satisfies Record<string, (pfs: readonly PortablePf[]) => Translation>;

export type ExportFormat = keyof typeof FORMATTERS;
export const EXPORT_FORMATS = Object.keys(FORMATTERS) as readonly ExportFormat[];

/**
 * The PFs of a host that have VFs, as they run, in a format of choice. VFs that are closed are nobody's, and not in it.
 *
 * @param observed only the PFs that are wanted
 */
export function exportHost(observed: ObservedHost, format: ExportFormat): Translation {
  return FORMATTERS[format](observed.pfs.filter((pf) => pf.numVfs > 0).map(portablePf));
}

function portablePf(pf: PhysicalFunction): PortablePf {
  return {
    pciAddress: pf.pciAddress,
    netdevName: pf.netdevName,
    mac: pf.mac,
    numVfs: pf.numVfs,
    // 1500 is what every card starts with: nobody has asked for it.
    mtu: pf.mtu === 1500 ? null : pf.mtu,
    eswitchMode: pf.eswitchMode === 'switchdev' ? 'switchdev' : null,
    localMacs: pf.fdb,
    vfs: pf.vfs.filter((vf) => closedProblems(vf).length > 0).map(portableVf),
  };
}

function portableVf(vf: VirtualFunction): PortableVf {
  const { settings } = vf;
  return {
    vfIndex: vf.vfIndex,
    driver: vf.driver === 'vfio-pci' ? 'vfio-pci' : 'kernel',
    // Some drivers show the VF's own pick where the PF has set none.
    mac: settings?.adminMac === vf.effectiveMac ? null : (settings?.adminMac ?? null),
    vlan: settings?.vlan ?? null,
    spoofCheck: settings?.spoofCheck ?? null,
    trust: settings?.trust ?? null,
    linkState: settings?.linkState ?? null,
    minTxRateMbps: settings?.minTxRateMbps ?? null,
    maxTxRateMbps: settings?.maxTxRateMbps ?? null,
  };
}
