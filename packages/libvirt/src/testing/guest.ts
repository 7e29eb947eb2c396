/** A guest without an operating system that QEMU emulates: it starts at once, and answers nothing. */
export const emptyGuestXml = (name: string): string => `
<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>16</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <controller type='usb' model='piix3-uhci'/>
    <memballoon model='none'/>
  </devices>
</domain>`;

/** A device that QEMU takes away without asking the guest: a USB cable may be pulled at any time. */
export const tabletXml = (alias: string): string =>
  `<input type='tablet' bus='usb'><alias name='${alias}'/></input>`;

/** A device that only a guest which answers lets go. */
export const networkCardXml = (alias: string): string =>
  `<interface type='user'><model type='virtio'/><alias name='${alias}'/></interface>`;
