/** Names of vendors and products as in pci.ids, for machines without that file: the cards that operators ask about. */
export const KNOWN_NAMES: Readonly<
  Record<string, { readonly name: string; readonly products: Readonly<Record<string, string>> }>
> = {
  '8086': {
    name: 'Intel Corporation',
    products: {
      '10c9': '82576 Gigabit Network Connection',
      '10ca': '82576 Virtual Function',
      '1521': 'I350 Gigabit Network Connection',
      '1520': 'I350 Ethernet Controller Virtual Function',
      '10fb': '82599ES 10-Gigabit SFI/SFP+ Network Connection',
      '10ed': '82599 Ethernet Controller Virtual Function',
      '1572': 'Ethernet Controller X710 for 10GbE SFP+',
      '154c': 'Ethernet Virtual Function 700 Series',
      '1592': 'Ethernet Controller E810-C for QSFP',
      '1593': 'Ethernet Controller E810-C for SFP',
      '1889': 'Ethernet Adaptive Virtual Function',
    },
  },
  '15b3': {
    name: 'Mellanox Technologies',
    products: {
      '1015': 'MT27710 Family [ConnectX-4 Lx]',
      '1016': 'MT27710 Family [ConnectX-4 Lx Virtual Function]',
      '1017': 'MT27800 Family [ConnectX-5]',
      '1018': 'MT27800 Family [ConnectX-5 Virtual Function]',
      '101b': 'MT28908 Family [ConnectX-6]',
      '101c': 'MT28908 Family [ConnectX-6 Virtual Function]',
      '101d': 'MT2892 Family [ConnectX-6 Dx]',
      '101e': 'ConnectX Family mlx5Gen Virtual Function',
    },
  },
  '14e4': {
    name: 'Broadcom Inc. and subsidiaries',
    products: {
      '16d7': 'BCM57414 NetXtreme-E 10Gb/25Gb RDMA Ethernet Controller',
      '16dc': 'NetXtreme-E Ethernet Virtual Function',
    },
  },
  '1af4': {
    name: 'Red Hat, Inc.',
    products: { '1000': 'Virtio network device', '1041': 'Virtio 1.0 network device' },
  },
};
