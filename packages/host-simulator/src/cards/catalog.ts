import type { Card, CardPort } from './card.ts';

const intel = { vendorId: '8086', vendorName: 'Intel Corporation' } as const;

function dualPort(
  first: [offset: number, stride: number],
  second: [offset: number, stride: number],
): readonly CardPort[] {
  return [first, second].map(([vfOffset, vfStride], index) => ({
    function: index,
    vfOffset,
    vfStride,
    manyVfs: null,
  }));
}

// 82576: VF id and layout as in lspci of the notes' host (PF 82:00.1, VF 82:10.1). QEMU emulates this card.
export const INTEL_82576: Card = {
  ...intel,
  productId: '10c9',
  productName: '82576 Gigabit Network Connection',
  revision: '01',
  vfProductId: '10ca',
  vfProductName: '82576 Virtual Function',
  totalVfs: 8,
  linkMbps: 1000,
  driver: 'igb',
  firmware: '1.2.1',
  ports: dualPort([0x80, 2], [0x80, 2]),
  eswitchMode: null,
};

// I350: its VFs lie on the next bus (offset 384 = one bus and 80h).
export const INTEL_I350: Card = {
  ...intel,
  productId: '1521',
  productName: 'I350 Gigabit Network Connection',
  revision: '01',
  vfProductId: '1520',
  vfProductName: 'I350 Ethernet Controller Virtual Function',
  totalVfs: 8,
  linkMbps: 1000,
  driver: 'igb',
  firmware: '1.63, 0x800009fa',
  ports: dualPort([0x180, 4], [0x180, 4]),
  eswitchMode: null,
};

export const INTEL_X710: Card = {
  ...intel,
  productId: '1572',
  productName: 'Ethernet Controller X710 for 10GbE SFP+',
  revision: '02',
  vfProductId: '154c',
  vfProductName: 'Ethernet Virtual Function 700 Series',
  totalVfs: 64,
  linkMbps: 10_000,
  driver: 'i40e',
  firmware: '9.20 0x8000d8c5 1.3353.0',
  ports: dualPort([16, 1], [79, 1]),
  eswitchMode: null,
};

export const INTEL_E810: Card = {
  ...intel,
  productId: '1592',
  productName: 'Ethernet Controller E810-C for QSFP',
  revision: '02',
  vfProductId: '1889',
  vfProductName: 'Ethernet Adaptive Virtual Function',
  totalVfs: 128,
  linkMbps: 100_000,
  driver: 'ice',
  firmware: '4.40 0x8001af19 1.3534.0',
  ports: dualPort([8, 1], [135, 1]),
  eswitchMode: 'legacy',
};

export const CONNECTX_6: Card = {
  vendorId: '15b3',
  vendorName: 'Mellanox Technologies',
  productId: '101b',
  productName: 'MT28908 Family [ConnectX-6]',
  revision: '00',
  vfProductId: '101c',
  vfProductName: 'MT28908 Family [ConnectX-6 Virtual Function]',
  totalVfs: 64,
  linkMbps: 100_000,
  driver: 'mlx5_core',
  firmware: '20.39.1002 (MT_0000000224)',
  ports: dualPort([2, 1], [65, 1]),
  eswitchMode: 'legacy',
};

export const BCM57414: Card = {
  vendorId: '14e4',
  vendorName: 'Broadcom Inc. and subsidiaries',
  productId: '16d7',
  productName: 'BCM57414 NetXtreme-E 10Gb/25Gb RDMA Ethernet Controller',
  revision: '01',
  vfProductId: '16dc',
  vfProductName: 'NetXtreme-E Ethernet Virtual Function',
  totalVfs: 64,
  linkMbps: 25_000,
  driver: 'bnxt_en',
  firmware: '229.0.142.0/pkg 229.1.123.0',
  ports: dualPort([16, 1], [79, 1]),
  eswitchMode: 'legacy',
};

/**
 * No card that is sold: an 82576 whose VFs lie elsewhere from the fourth on, so that the address of a VF before a change
 * of their number is that of another one, or of none, after it. For tests, and in no fleet.
 */
export const MOVING_82576: Card = {
  ...INTEL_82576,
  ports: INTEL_82576.ports.map((port) => ({
    ...port,
    manyVfs: { from: 4, vfOffset: port.vfOffset + port.vfStride },
  })),
};

export const CARDS: Readonly<Record<string, Card>> = {
  '82576': INTEL_82576,
  i350: INTEL_I350,
  x710: INTEL_X710,
  e810: INTEL_E810,
  'connectx-6': CONNECTX_6,
  bcm57414: BCM57414,
};
