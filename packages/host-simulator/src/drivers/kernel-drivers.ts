import type { Errno } from '@virtfn/host';
import type { VlanProtocol } from '@virtfn/model';
import type { KernelDriver, Ndo, PfState } from './kernel-driver.ts';

const ndo = (...names: readonly Ndo[]): ReadonlySet<Ndo> => new Set(names);
const ALL = ndo('mac', 'vlan', 'rate', 'spoofCheck', 'trust', 'linkState');
const Q: ReadonlySet<VlanProtocol> = new Set(['802.1q']);
const Q_AND_AD: ReadonlySet<VlanProtocol> = new Set(['802.1q', '802.1ad']);
const SWITCHDEV_REFUSES = ndo('vlan', 'spoofCheck', 'trust');
const NOTHING = ndo();
const enableAll = (_pf: PfState, numVfs: number): number => numVfs;

const igb: KernelDriver = {
  name: 'igb',
  vfDriver: 'igbvf',
  totalVfsCap: 7,
  // igb_pci_enable_sriov: more than 7 is EPERM, but the PCI core has refused it with ERANGE before.
  sriovConfigure: (_pf, numVfs) => (numVfs > 7 ? 'EPERM' : numVfs),
  linkAwayMs: 2000,
  ndo: ndo('mac', 'vlan', 'rate', 'spoofCheck', 'trust'),
  countsVfs: false,
  vlanProtocols: Q,
  // igb_ndo_set_vf_bw: 82576 only; no minimum; the link must be up and fast enough, also to clear a rate.
  checkRate: (pf, min, max) => {
    if (pf.productId !== '10c9') return 'EOPNOTSUPP';
    if (min !== 0) return 'EINVAL';
    return !pf.adminUp || !pf.carrier || max > pf.linkMbps ? 'EINVAL' : null;
  },
  forgetsRatesOnLinkSpeed: true,
  macTakesEffect: 'reload',
  macNotice: 'Reload the VF driver to make this change effective.',
  resetsVfFor: NOTHING,
  refusesDuringReset: false,
  reportsOwnMac: true,
  // igb_available_rars: 24 address registers, less those of the PF and of seven VFs.
  fdbRoom: 16,
  refusesZeroMac: false,
  freshSpoofCheck: true,
  switchdev: null,
};

const i40e: KernelDriver = {
  name: 'i40e',
  vfDriver: 'iavf',
  totalVfsCap: null,
  sriovConfigure: enableAll,
  linkAwayMs: 500,
  ndo: ALL,
  countsVfs: true,
  vlanProtocols: Q,
  checkRate: (pf, min, max) => (min !== 0 || max > pf.linkMbps ? 'EINVAL' : null),
  forgetsRatesOnLinkSpeed: false,
  macTakesEffect: 'reset',
  macNotice: null,
  resetsVfFor: ndo('mac'),
  refusesDuringReset: true,
  reportsOwnMac: false,
  fdbRoom: null,
  refusesZeroMac: false,
  freshSpoofCheck: true,
  switchdev: null,
};

const ice: KernelDriver = {
  name: 'ice',
  vfDriver: 'iavf',
  totalVfsCap: null,
  sriovConfigure: enableAll,
  linkAwayMs: 0,
  ndo: ALL,
  countsVfs: true,
  vlanProtocols: Q_AND_AD,
  checkRate: (pf, min, max) =>
    min > pf.linkMbps || max > pf.linkMbps || (max !== 0 && min > max) ? 'EINVAL' : null,
  forgetsRatesOnLinkSpeed: false,
  macTakesEffect: 'reset',
  macNotice: null,
  resetsVfFor: ndo('mac', 'trust'),
  refusesDuringReset: false,
  reportsOwnMac: false,
  fdbRoom: null,
  refusesZeroMac: false,
  freshSpoofCheck: true,
  switchdev: {
    needsZeroVfs: true,
    needsUnboundVfs: false,
    refusesSameMode: false,
    refuses: ndo('trust'),
  },
};

const mlx5: KernelDriver = {
  name: 'mlx5_core',
  vfDriver: 'mlx5_core',
  totalVfsCap: null,
  sriovConfigure: enableAll,
  linkAwayMs: 0,
  ndo: ALL,
  countsVfs: true,
  vlanProtocols: Q,
  checkRate: (_pf, min, max) => (max !== 0 && min > max ? 'EINVAL' : null),
  forgetsRatesOnLinkSpeed: false,
  macTakesEffect: 'reload',
  macNotice: null,
  resetsVfFor: NOTHING,
  refusesDuringReset: false,
  reportsOwnMac: false,
  fdbRoom: null,
  refusesZeroMac: false,
  freshSpoofCheck: false,
  switchdev: {
    needsZeroVfs: false,
    needsUnboundVfs: true,
    refusesSameMode: false,
    refuses: SWITCHDEV_REFUSES,
  },
};

const bnxt: KernelDriver = {
  name: 'bnxt_en',
  vfDriver: 'bnxt_en',
  totalVfsCap: null,
  // "Reject SRIOV config request since if is down!": returns 0, so the write succeeds with no VFs.
  sriovConfigure: (pf, numVfs) => (pf.adminUp ? numVfs : 0),
  linkAwayMs: 0,
  ndo: ALL,
  countsVfs: false,
  vlanProtocols: Q,
  checkRate: (pf, min, max) => (min > pf.linkMbps || max > pf.linkMbps ? 'EINVAL' : null),
  forgetsRatesOnLinkSpeed: false,
  macTakesEffect: 'reset',
  macNotice: null,
  resetsVfFor: ndo('mac'),
  refusesDuringReset: false,
  reportsOwnMac: false,
  fdbRoom: null,
  refusesZeroMac: false,
  freshSpoofCheck: true,
  switchdev: {
    needsZeroVfs: false,
    needsUnboundVfs: false,
    refusesSameMode: true,
    refuses: SWITCHDEV_REFUSES,
  },
};

/** A PF given to VFIO has no SR-IOV of its own unless the module's enable_sriov is set (vfio_pci_core_sriov_configure). */
export const vfioPci: KernelDriver = {
  ...igb,
  name: 'vfio-pci',
  vfDriver: 'vfio-pci',
  totalVfsCap: null,
  sriovConfigure: () => 'ENOENT',
  linkAwayMs: 0,
  ndo: NOTHING,
};

const DRIVERS = new Map([igb, i40e, ice, mlx5, bnxt].map((driver) => [driver.name, driver]));

/** A driver that nobody has described: it takes everything but rates, and says so with the kernel's errno. */
export function unknownDriver(name: string, refused: readonly Ndo[] = ['rate']): KernelDriver {
  const has = new Set([...ALL].filter((each) => !refused.includes(each)));
  const checkRate = (): Errno | null => null;
  return { ...ice, name, vfDriver: `${name}vf`, ndo: has, checkRate, vlanProtocols: Q, switchdev: null };
}

export function kernelDriver(name: string): KernelDriver {
  return DRIVERS.get(name) ?? unknownDriver(name);
}
