/** vfio-pci and its variants for single cards (mlx5_vfio_pci, …), which libvirt from 10.0 on prefers. */
export function isVfioDriver(driver: string): boolean {
  return /vfio[-_]pci/.test(driver);
}
