import { describeStep, type HostStep, SriovError } from '@virtfn/model';
import { readPfNetdevs } from '../sysfs/netdevs.ts';
import { parseCount } from '../sysfs/parse-values.ts';
import { PCI_DEVICES } from '../sysfs/read-vfs.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';

/**
 * The number of a PF's own interface, read anew each time: the name may change at any moment, the number lasts as long
 * as the interface. Neither file can hang.
 *
 * @throws {SriovError} PF_UNKNOWN
 */
export function findPfLink(step: HostStep): number {
  const reader = new SysfsReader('/');
  const device = `${PCI_DEVICES}/${step.pf}`;
  const { own } = readPfNetdevs(reader, device);
  const ifIndex = own === null ? null : parseCount(reader.text(`/sys/class/net/${own}/ifindex`));
  if (ifIndex !== null) return ifIndex;
  const found = reader.has(device) ? 'it has no network interface now' : 'this machine has no PF there';
  throw new SriovError('PF_UNKNOWN', `Cannot ${describeStep(step)}: ${found}`, { details: { pf: step.pf } });
}
