import { findExtendedCapability } from '../../sysfs/extended-capability.ts';

/** What a function's own configuration space says of SR-IOV, whatever the kernel makes of it. */
export type SriovCapability =
  | { readonly kind: 'present'; readonly totalVfs: number }
  | { readonly kind: 'absent' }
  /** Only root may read so far. */
  | { readonly kind: 'not-seen' };

const SRIOV = 0x0010;
const TOTAL_VFS = 0x0e;
/** Without CAP_SYS_ADMIN the kernel gives the standard header only (pci_read_config). */
const HEADER = 64;

/** Reads the SR-IOV capability in a function's `config` file (SR-IOV 3.3). */
export function parseSriovCapability(config: Uint8Array | null): SriovCapability {
  if (config === null || config.length <= HEADER) return { kind: 'not-seen' };
  const at = findExtendedCapability(config, SRIOV);
  if (at === null || at + TOTAL_VFS + 2 > config.length) return { kind: 'absent' };
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  return { kind: 'present', totalVfs: view.getUint16(at + TOTAL_VFS, true) };
}
