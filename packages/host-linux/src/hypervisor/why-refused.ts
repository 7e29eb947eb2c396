import { readFile } from 'node:fs/promises';
import type { Domain } from '@virtfn/libvirt';
import { describeDomainStep, type DomainStep, SriovError } from '@virtfn/model';
import type { DomainDocument } from './domain-document.ts';

/** Where libvirt's driver for QEMU notes the processes of its machines. */
const RUN_FOLDER = '/run/libvirt/qemu';

/** The usual reasons why a device is not plugged, as the machine itself shows them; null: none of those. */
export async function whyRefused(
  step: DomainStep,
  domain: Domain,
  { hasFreeSlot }: Pick<DomainDocument, 'hasFreeSlot'>,
): Promise<SriovError | null> {
  const action = describeDomainStep(step);
  if (hasFreeSlot === false)
    return new SriovError('NO_PCIE_SLOT', `Cannot ${action}: all its PCIe ports are taken`, {
      details: { vm: step.vm },
    });
  const isPciDevice = step.kind === 'attach-interface' && 'pciAddress' in step.interface.source;
  // libvirt takes no name with a slash in it.
  if (!isPciDevice || domain.name.includes('/')) return null;
  const pid = await readText(`${RUN_FOLDER}/${domain.name}.pid`);
  if (pid === null || !/^\d+\s*$/.test(pid)) return null;
  const [limits, status] = await Promise.all([
    readText(`/proc/${pid.trim()}/limits`),
    readText(`/proc/${pid.trim()}/status`),
  ]);
  const limit = /^Max locked memory\s+(\d+)/m.exec(limits ?? '')?.[1];
  const sizeKb = /^VmRSS:\s+(\d+) kB/m.exec(status ?? '')?.[1];
  // Unlimited is a word. What the guest has by now is the least that would have to be locked.
  if (limit === undefined || sizeKb === undefined || Number(limit) >= Number(sizeKb) * 1024) return null;
  return new SriovError(
    'MEMLOCK_LOW',
    `Cannot ${action}: its process may lock ${Number(limit)} bytes and has ${Number(sizeKb) * 1024} in use`,
    { details: { vm: step.vm, limitBytes: Number(limit), usedBytes: Number(sizeKb) * 1024 } },
  );
}

function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}
