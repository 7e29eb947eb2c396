import type { NumaNode } from '@virtfn/model';
import type { SysfsTree } from './sysfs-tree.ts';

const CPUS_PER_NODE = 2;

/** Adds the NUMA nodes, each with two processors that are in its socket. */
export function addNumaNodes(tree: SysfsTree, nodes: readonly NumaNode[]): void {
  for (const [index, { node, socket }] of nodes.entries()) {
    const first = index * CPUS_PER_NODE;
    const last = first + CPUS_PER_NODE - 1;
    const folder = `/sys/devices/system/node/node${node}`;
    tree.file(`${folder}/cpulist`, `${first}-${last}`);
    for (let cpu = first; cpu <= last; cpu += 1) {
      const cpuFolder = `/sys/devices/system/cpu/cpu${cpu}`;
      tree.link(`${folder}/cpu${cpu}`, cpuFolder);
      tree.link(`${cpuFolder}/node${node}`, folder);
      tree.file(`${cpuFolder}/topology/physical_package_id`, socket);
    }
  }
}
