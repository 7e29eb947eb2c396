import type { LabTopology } from './topology.ts';

/** One host with both ports on one wire, so that VFs of two PFs hear each other. The fastest to start. */
export const single: LabTopology = {
  name: 'single',
  hosts: [
    {
      name: 'fish-1',
      memoryMegabytes: 2048,
      cards: [
        { slot: 1, wire: 'wire' },
        { slot: 2, wire: 'wire' },
      ],
      netdevsims: [{ id: 10, ports: 2, maxVfs: 256 }],
    },
  ],
};
