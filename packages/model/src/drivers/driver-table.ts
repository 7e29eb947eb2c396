import type {
  DriverCapability,
  FdbRules,
  RateRules,
  Support,
  SwitchdevRules,
  VfAttribute,
} from './capability.ts';

// One row a driver, read from the source of Linux 6.12.117: which operations its net_device_ops has, and what
// those refuse. A row that a machine or the lab proves wrong is corrected here and nowhere else: no other code
// may ask for the name of a driver.

// The kernel's own way (ndo_dflt_fdb_add): the address joins those that the driver filters by.
const FDB: FdbRules = { support: 'yes', mostMacs: null };

const ANY_RATE: RateRules = { needsLink: false, onlyAtLinkMbps: null, smallestMbps: 1, onlyProducts: null };

function attributes(names: string, rest: Support = 'no'): Readonly<Record<VfAttribute, Support>> {
  const has = new Set(names.split(' '));
  const of = (name: string): Support => (has.has(name) ? 'yes' : rest);
  return {
    adminMac: of('mac'),
    vlan: of('vlan'),
    spoofCheck: of('spoof'),
    trust: of('trust'),
    linkState: of('link'),
    minTxRateMbps: of('min'),
    maxTxRateMbps: of('max'),
  };
}

const LOST_IN_SWITCHDEV: SwitchdevRules['lost'] = ['vlan', 'spoofCheck', 'trust'];

/** What is assumed of a driver that is not in the table: everything is tried, nothing is promised (pain 11). */
const UNKNOWN_DRIVER: DriverCapability = {
  driver: '*',
  cards: 'any other',
  vfDriver: null,
  vfCount: 'sysfs',
  vfCountOption: null,
  maxVfs: null,
  vfCountNeedsPfUp: true,
  vfCountDropsPfLink: true,
  attributes: attributes('', 'probe'),
  vlanProtocols: ['802.1q', '802.1ad'],
  rates: ANY_RATE,
  macTakesEffect: 'reload',
  reportsOwnMac: true,
  macClearedBy: 'zero',
  vfStats: 'probe',
  fdb: { support: 'probe', mostMacs: null },
  switchdev: null,
  source: 'cautious: probed on the machine',
};

const row = (
  fields: Partial<DriverCapability> & Pick<DriverCapability, 'driver' | 'cards' | 'attributes' | 'source'>,
): DriverCapability => ({
  vfDriver: null,
  vfCount: 'sysfs',
  vfCountOption: null,
  maxVfs: null,
  vfCountNeedsPfUp: false,
  vfCountDropsPfLink: false,
  vlanProtocols: ['802.1q'],
  rates: ANY_RATE,
  macTakesEffect: 'reset',
  reportsOwnMac: false,
  macClearedBy: 'zero',
  vfStats: 'no',
  fdb: FDB,
  switchdev: null,
  ...fields,
});

export const DRIVER_TABLE: readonly DriverCapability[] = [
  row({
    driver: 'igb',
    cards: '82576, I350',
    vfDriver: 'igbvf',
    vfCountOption: 'max_vfs',
    // pci_sriov_set_totalvfs(pdev, 7): one pool of the eight stays with the PF.
    maxVfs: 7,
    vfCountDropsPfLink: true,
    attributes: attributes('mac vlan spoof trust max'),
    rates: {
      needsLink: true,
      onlyAtLinkMbps: null,
      smallestMbps: 1,
      onlyProducts: ['10c9', '10e6', '10e7', '10e8', '150a', '150d', '1518', '1526'],
    },
    macTakesEffect: 'reload',
    reportsOwnMac: true,
    source:
      'drivers/net/ethernet/intel/igb/igb_main.c: igb_ndo_set_vf_mac, _vlan, _bw (e1000_82576 only), igb_enable_sriov',
  }),
  row({
    driver: 'ixgbe',
    cards: '82599, X540, X550',
    vfDriver: 'ixgbevf',
    maxVfs: 63,
    vfCountDropsPfLink: true,
    attributes: attributes('mac vlan spoof trust link max'),
    rates: { needsLink: true, onlyAtLinkMbps: 10_000, smallestMbps: 11, onlyProducts: null },
    macTakesEffect: 'reload',
    reportsOwnMac: true,
    vfStats: 'yes',
    source: 'drivers/net/ethernet/intel/ixgbe/ixgbe_sriov.c: ixgbe_ndo_set_vf_bw (10 Gb/s only, > 10 Mbps)',
  }),
  row({
    driver: 'i40e',
    cards: 'X710, XXV710, XL710',
    vfDriver: 'iavf',
    // Enabling the first VF turns on VEB mode and resets the PF.
    vfCountDropsPfLink: true,
    attributes: attributes('mac vlan spoof trust link max'),
    vfStats: 'yes',
    source: 'drivers/net/ethernet/intel/i40e/i40e_virtchnl_pf.c: min_tx_rate is refused with EINVAL',
  }),
  row({
    driver: 'ice',
    cards: 'E810, E823, E830',
    vfDriver: 'iavf',
    attributes: attributes('mac vlan spoof trust link min max'),
    vlanProtocols: ['802.1q', '802.1ad'],
    vfStats: 'yes',
    switchdev: { createVfsInLegacy: false, lost: ['trust'] },
    source: 'drivers/net/ethernet/intel/ice/ice_sriov.c, ice_eswitch.c (mode change only without VFs)',
  }),
  row({
    driver: 'mlx5_core',
    cards: 'ConnectX-4 and later, BlueField',
    vfDriver: 'mlx5_core',
    attributes: attributes('mac vlan spoof trust link min max'),
    macTakesEffect: 'reload',
    vfStats: 'yes',
    switchdev: { createVfsInLegacy: true, lost: LOST_IN_SWITCHDEV },
    source: 'drivers/net/ethernet/mellanox/mlx5/core/esw/legacy.c, en_main.c',
  }),
  row({
    driver: 'mlx4_core',
    cards: 'ConnectX-3',
    vfDriver: 'mlx4_core',
    vfCount: 'module-option',
    vfCountOption: 'num_vfs',
    attributes: attributes('mac vlan spoof link min max'),
    vlanProtocols: ['802.1q', '802.1ad'],
    macTakesEffect: 'reload',
    vfStats: 'yes',
    source: 'drivers/net/ethernet/mellanox/mlx4/main.c: num_vfs, probe_vf; no sriov_configure',
  }),
  row({
    driver: 'bnxt_en',
    cards: 'BCM573xx, BCM574xx, BCM575xx',
    vfDriver: 'bnxt_en',
    // "Reject SRIOV config request since if is down!": the write succeeds with 0 VFs.
    vfCountNeedsPfUp: true,
    attributes: attributes('mac vlan spoof trust link min max'),
    // BNXT_MAX_UC_ADDRS, one of which is the PF's own.
    fdb: { support: 'yes', mostMacs: 3 },
    switchdev: { createVfsInLegacy: false, lost: LOST_IN_SWITCHDEV },
    source: 'drivers/net/ethernet/broadcom/bnxt/bnxt_sriov.c, bnxt_vfr.c, bnxt.c: bnxt_cfg_rx_mode',
  }),
  row({
    driver: 'bnx2x',
    cards: 'BCM57710 to BCM57840',
    vfDriver: 'bnx2x',
    vfCountNeedsPfUp: true,
    attributes: attributes('mac vlan spoof link'),
    macClearedBy: 'placeholder',
    source: 'drivers/net/ethernet/broadcom/bnx2x/bnx2x_main.c:13027-13037, bnx2x_sriov.c (zero MAC refused)',
  }),
  row({
    driver: 'be2net',
    cards: 'Emulex OneConnect, Skyhawk, Lancer',
    vfDriver: 'be2net',
    attributes: attributes('mac vlan spoof link max'),
    rates: { needsLink: true, onlyAtLinkMbps: null, smallestMbps: 100, onlyProducts: null },
    source: 'drivers/net/ethernet/emulex/benet/be_main.c: be_set_vf_tx_rate (ENETDOWN, >= 100 Mbps)',
  }),
  row({
    driver: 'qede',
    cards: 'FastLinQ 41000, 45000',
    vfDriver: 'qede',
    attributes: attributes('mac vlan spoof trust link min max'),
    source: 'drivers/net/ethernet/qlogic/qede/qede_main.c: net_device_ops',
  }),
  row({
    driver: 'nfp',
    cards: 'Agilio CX',
    vfDriver: 'nfp',
    attributes: attributes('mac vlan spoof trust link min max'),
    vlanProtocols: ['802.1q', '802.1ad'],
    source: 'drivers/net/ethernet/netronome/nfp/nfp_net_sriov.c',
  }),
  row({
    driver: 'cxgb4',
    cards: 'Terminator 4, 5, 6',
    vfDriver: 'cxgb4vf',
    attributes: attributes('mac vlan link max'),
    // The interface by which VFs are set carries no traffic.
    fdb: { support: 'no', mostMacs: null },
    source: 'drivers/net/ethernet/chelsio/cxgb4/cxgb4_main.c: cxgb4_mgmt_netdev_ops',
  }),
  row({
    driver: 'qlcnic',
    cards: 'QLE824x, QLE834x',
    vfDriver: 'qlcnic',
    attributes: attributes('mac vlan spoof min max'),
    source: 'drivers/net/ethernet/qlogic/qlcnic/qlcnic_sriov_pf.c',
  }),
  row({
    driver: 'fm10k',
    cards: 'FM10000',
    vfDriver: 'fm10k',
    attributes: attributes('mac vlan max'),
    vfStats: 'yes',
    source: 'drivers/net/ethernet/intel/fm10k/fm10k_netdev.c: fm10k_netdev_ops',
  }),
  row({
    driver: 'netdevsim',
    cards: 'the simulated device of the kernel',
    attributes: attributes('mac vlan spoof trust link min max'),
    vlanProtocols: ['802.1q', '802.1ad'],
    macTakesEffect: 'at-once',
    switchdev: { createVfsInLegacy: false, lost: [] },
    source: 'drivers/net/netdevsim/netdev.c, dev.c',
  }),
];

const BY_DRIVER = new Map(DRIVER_TABLE.map((capability) => [capability.driver, capability]));

/** The row of a driver, or the cautious one for a driver that the table does not have. Never a refusal. */
export function capabilityOfDriver(driver: string): DriverCapability {
  return BY_DRIVER.get(driver) ?? { ...UNKNOWN_DRIVER, driver };
}
