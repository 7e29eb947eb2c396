import type { Host } from '@virtfn/host';
import type { PciAddress } from '@virtfn/model';

interface Port {
  readonly pf: PciAddress;
  /** Its device in sysfs. */
  readonly folder: string;
  readonly netdev: string;
}

/** What the benchmarks have of a lab host: two ports without VFs, which are up. */
export interface BenchHost {
  readonly host: Host;
  readonly first: Port;
  readonly second: Port;
  /** By the bare file, as `echo` writes it. */
  readonly setNumVfs: (numVfs: number, port: Pick<Port, 'folder'>) => void;
}
