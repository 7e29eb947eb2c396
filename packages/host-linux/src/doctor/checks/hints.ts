import type { Distribution } from '../facts/distribution.ts';

/** What to type to change the kernel command line on this distribution. */
export function hintKernelArguments(
  distribution: Distribution,
  { add = [], remove = [] }: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): string {
  const { family } = distribution;
  if (family === 'redhat') {
    const options = [
      ...(remove.length === 0 ? [] : [`--remove-args="${remove.join(' ')}"`]),
      ...(add.length === 0 ? [] : [`--args="${add.join(' ')}"`]),
    ];
    return `\`grubby --update-kernel=ALL ${options.join(' ')}\`, then reboot`;
  }
  if (family === 'other') {
    const words = [
      ...(remove.length === 0 ? [] : [`take \`${remove.join(' ')}\` from`]),
      ...(add.length === 0 ? [] : [`add \`${add.join(' ')}\` to`]),
    ];
    return `In the boot loader's configuration, ${words.join(' and ')} the kernel command line, then reboot`;
  }
  const { hasProxmoxBoot } = distribution;
  const file = hasProxmoxBoot ? '/etc/kernel/cmdline' : '/etc/default/grub';
  const place = hasProxmoxBoot ? '^' : '^GRUB_CMDLINE_LINUX_DEFAULT="';
  const edits = [
    ...remove.map((argument) => `s/ *\\b${argument.replaceAll(/[/.]/g, '\\$&')}\\b//`),
    ...(add.length === 0 ? [] : [`s/${place}/&${add.join(' ')} /`]),
  ];
  const update = hasProxmoxBoot ? 'proxmox-boot-tool refresh' : UPDATES[family];
  return `\`sed -i ${edits.map((edit) => `-e '${edit}'`).join(' ')} ${file} && ${update}\`, then reboot`;
}

const UPDATES = {
  debian: 'update-grub',
  suse: 'grub2-mkconfig -o /boot/grub2/grub.cfg',
  arch: 'grub-mkconfig -o /boot/grub/grub.cfg',
};

/** Where a kernel with all its modules comes from. */
export function hintKernelPackage({ family, isUbuntu }: Distribution, release: string | null): string {
  if (isUbuntu) return `\`apt install linux-modules-extra-${release ?? '$(uname -r)'}\``;
  switch (family) {
    case 'debian':
      return '`apt install linux-image-amd64`, then reboot';
    case 'redhat':
      return `\`dnf install kernel-modules-${release ?? '$(uname -r)'}\``;
    case 'suse':
      return '`zypper install kernel-default`, then reboot';
    case 'arch':
      return '`pacman -S linux`, then reboot';
    case 'other':
      return 'Install the kernel of the distribution with all its modules, and boot it';
  }
}

/** The distribution's own kernel, for machines that boot one built without what is needed. */
export function hintKernelImage(distribution: Distribution): string {
  if (distribution.isUbuntu) return '`apt install linux-generic`, then reboot';
  return distribution.family === 'redhat'
    ? '`dnf install kernel`, then reboot'
    : hintKernelPackage(distribution, null);
}

/** What to type to install libvirt. */
export function hintLibvirtPackage({ family }: Distribution): string {
  switch (family) {
    case 'debian':
      return '`apt install libvirt-daemon-system`';
    case 'redhat':
      return '`dnf install libvirt-daemon-kvm && systemctl enable --now virtqemud.socket`';
    case 'suse':
      return '`zypper install libvirt-daemon-qemu && systemctl enable --now libvirtd.socket`';
    case 'arch':
      return '`pacman -S libvirt qemu-base && systemctl enable --now libvirtd.socket`';
    case 'other':
      return 'Install libvirt with its driver for QEMU';
  }
}

/** Makes the initial file system anew, which has a copy of modprobe.d. */
export function hintInitramfs({ family }: Distribution): string {
  if (family === 'debian') return 'update-initramfs -u';
  return family === 'arch' ? 'mkinitcpio -P' : 'dracut -f';
}
