/** What a function's own configuration space says of SR-IOV, whatever the kernel makes of it. */
export type SriovCapability =
  | { readonly kind: 'present'; readonly totalVfs: number }
  | { readonly kind: 'absent' }
  /** Only root may read so far. */
  | { readonly kind: 'not-seen' };

/** Extended capabilities of PCI Express start here, and are 4 KiB with what is before them. */
const EXTENDED = 0x100;
const SRIOV = 0x0010;
const TOTAL_VFS = 0x0e;
/** Without CAP_SYS_ADMIN the kernel gives the standard header only (pci_read_config). */
const HEADER = 64;

/** Walks the list of extended capabilities in a function's `config` file (PCI Express 7.9, SR-IOV 3.3). */
export function parseSriovCapability(config: Uint8Array | null): SriovCapability {
  if (config === null || config.length <= HEADER) return { kind: 'not-seen' };
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  const seen = new Set<number>();
  for (let at = EXTENDED; at >= EXTENDED && at + 4 <= config.length && !seen.has(at); ) {
    seen.add(at);
    const header = view.getUint32(at, true);
    // No capability at all, or a function that no longer answers.
    if (header === 0 || header === 0xffff_ffff) break;
    if ((header & 0xffff) === SRIOV && at + TOTAL_VFS + 2 <= config.length) {
      return { kind: 'present', totalVfs: view.getUint16(at + TOTAL_VFS, true) };
    }
    at = (header >>> 20) & 0xffc;
  }
  return { kind: 'absent' };
}
