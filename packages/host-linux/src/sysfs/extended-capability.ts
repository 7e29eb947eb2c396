/** Extended capabilities of PCI Express start here, and are 4 KiB with what is before them. */
const EXTENDED = 0x100;

/**
 * Where an extended capability stands in a function's configuration space (PCI Express Base Specification, 7.6.3), or
 * null. Without CAP_SYS_ADMIN the kernel gives the first 64 bytes only (pci_read_config), which have none.
 */
export function findExtendedCapability(config: Uint8Array, capabilityId: number): number | null {
  const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
  const seen = new Set<number>();
  for (let at = EXTENDED; at >= EXTENDED && at + 4 <= config.length && !seen.has(at); ) {
    seen.add(at);
    const header = view.getUint32(at, true);
    // No capability at all, or a function that no longer answers.
    if (header === 0 || header === 0xffff_ffff) return null;
    if ((header & 0xffff) === capabilityId) return at;
    at = (header >>> 20) & 0xffc;
  }
  return null;
}
