import type { HostTopology, LabTopology } from './topology.ts';

function fish(number: number): HostTopology {
  return {
    name: `fish-${number}`,
    memoryMegabytes: 2048,
    cards: [
      { slot: 1, wire: 'left' },
      { slot: 2, wire: 'right' },
    ],
    netdevsims: [{ id: 10, ports: 2, maxVfs: 256 }],
  };
}

/** Two hosts, joined port by port: what one can reach of the other, and what moves between them. */
export const pair: LabTopology = { name: 'pair', hosts: [fish(1), fish(2)] };
