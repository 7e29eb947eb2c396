import path from 'node:path/posix';
import type { HostEvent } from '@virtfn/host';
import { type PciAddress, parsePciAddress } from '@virtfn/model';
import { watchKernel } from '@virtfn/netlink';
import { parseOrNull } from '../sysfs/parse-values.ts';
import { keepWatching } from './keep-watching.ts';

/** Devices whose coming and going changes what a look shows. */
const SUBSYSTEMS: ReadonlySet<string | null> = new Set(['pci', 'net', 'vfio', 'vfio-dev', 'macvtap']);

/** The last PCI address in a path of sysfs: the device that an interface hangs on, or the device itself. */
function pciAddressOf(devPath: string): PciAddress | null {
  for (let part = devPath; part !== '/' && part !== '.'; part = path.dirname(part)) {
    const address = parseOrNull(parsePciAddress, path.basename(part));
    if (address !== null) return address;
  }
  return null;
}

/** Tells of what the kernel announces of PCI devices and interfaces. Returns how to stop. */
export function watchHost(listener: (event: HostEvent) => void): () => void {
  const tellOfGap = (): void => listener({ kind: 'events-lost' });
  return keepWatching(
    (onBroken) =>
      watchKernel({
        onUevent: (event) => {
          if (SUBSYSTEMS.has(event.subsystem)) listener({ kind: 'changed', pf: pciAddressOf(event.devPath) });
        },
        // A change of a VF's settings is announced as one of its PF's interface.
        onLink: ({ link }) => {
          listener({ kind: 'changed', pf: parseOrNull(parsePciAddress, link.parentDevName ?? '') });
        },
        onOverflow: tellOfGap,
        onFailure: onBroken,
      }),
    tellOfGap,
  );
}
