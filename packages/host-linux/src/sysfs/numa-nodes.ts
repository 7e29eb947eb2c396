import type { NumaNode } from '@virtfn/model';
import { parseCount } from './parse-values.ts';
import type { SysfsReader } from './sysfs-reader.ts';

const NODES = '/sys/devices/system/node';

/**
 * Reads in which socket each NUMA node is, by the first of its processors: a node lies within one socket. Left out are
 * nodes without a processor that runs (memory of CXL), and those whose processor has no socket's number (-1 on machines
 * whose firmware does not tell). A kernel without NUMA has none.
 *
 * Two small files a node, so that it is read with each look: processors can be switched on and off.
 */
export function readNumaNodes(reader: SysfsReader): readonly NumaNode[] {
  return (reader.list(NODES) ?? [])
    .flatMap((name) => readNumaNode(reader, name) ?? [])
    .toSorted((a, b) => a.node - b.node);
}

function readNumaNode(reader: SysfsReader, name: string): NumaNode | null {
  const node = parseCount(/^node(\d+)$/.exec(name)?.[1] ?? null);
  if (node === null) return null;
  // `0-15,32-47`, and empty for none.
  const cpu = parseCount(/^\d+/.exec(reader.text(`${NODES}/${name}/cpulist`) ?? '')?.[0] ?? null);
  if (cpu === null) return null;
  const socket = parseCount(reader.text(`/sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`));
  return socket === null ? null : { node, socket };
}
