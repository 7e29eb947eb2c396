import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOutTree } from '../../testing/tree-loader.ts';
import { readDistribution } from '../facts/distribution.ts';
import { SysfsReader } from '../../sysfs/sysfs-reader.ts';
import { quote } from '../quote.ts';
import {
  hintInitramfs,
  hintKernelArguments,
  hintKernelImage,
  hintKernelPackage,
  hintLibvirtPackage,
} from './hints.ts';

const RELEASES = [
  { name: 'Debian', release: 'PRETTY_NAME="Debian GNU/Linux 13"\\nID=debian', file: '' },
  { name: 'Proxmox VE', release: 'ID=debian', file: '/etc/kernel/proxmox-boot-uuids = 1234-ABCD' },
  { name: 'Ubuntu', release: 'ID=ubuntu\\nID_LIKE=debian', file: '' },
  { name: 'Rocky Linux', release: 'ID="rocky"\\nID_LIKE="rhel centos fedora"', file: '' },
  { name: 'openSUSE', release: 'ID="opensuse-leap"\\nID_LIKE="suse opensuse"', file: '' },
  { name: 'Arch Linux', release: 'ID=arch', file: '' },
  { name: 'NixOS', release: 'ID=nixos', file: '' },
];

/** For each distribution: kernel arguments, then the words with which the other hints start. */
const WANT: Readonly<Record<string, readonly string[]>> = {
  Debian: [
    "`sed -i -e 's/ *\\bintel_iommu=off\\b//' -e 's/^GRUB_CMDLINE_LINUX_DEFAULT=\"/&iommu=pt /' /etc/default/grub && update-grub`, then reboot",
    'update-initramfs -u',
    '`apt install linux-image-amd64`',
    '`apt install linux-image-amd64`',
    '`apt install libvirt-daemon-system`',
  ],
  'Proxmox VE': [
    "`sed -i -e 's/ *\\bintel_iommu=off\\b//' -e 's/^/&iommu=pt /' /etc/kernel/cmdline && proxmox-boot-tool refresh`, then reboot",
    'update-initramfs -u',
    '`apt install linux-image-amd64`',
    '`apt install linux-image-amd64`',
    '`apt install libvirt-daemon-system`',
  ],
  Ubuntu: [
    "`sed -i -e 's/ *\\bintel_iommu=off\\b//' -e 's/^GRUB_CMDLINE_LINUX_DEFAULT=\"/&iommu=pt /' /etc/default/grub && update-grub`, then reboot",
    'update-initramfs -u',
    '`apt install linux-modules-extra-6.12.9`',
    '`apt install linux-generic`',
    '`apt install libvirt-daemon-system`',
  ],
  'Rocky Linux': [
    '`grubby --update-kernel=ALL --remove-args="intel_iommu=off" --args="iommu=pt"`, then reboot',
    'dracut -f',
    '`dnf install kernel-modules-6.12.9`',
    '`dnf install kernel`',
    '`dnf install libvirt-daemon-kvm',
  ],
  openSUSE: [
    "`sed -i -e 's/ *\\bintel_iommu=off\\b//' -e 's/^GRUB_CMDLINE_LINUX_DEFAULT=\"/&iommu=pt /' /etc/default/grub && grub2-mkconfig -o /boot/grub2/grub.cfg`, then reboot",
    'dracut -f',
    '`zypper install kernel-default`',
    '`zypper install kernel-default`',
    '`zypper install libvirt-daemon-qemu',
  ],
  'Arch Linux': [
    "`sed -i -e 's/ *\\bintel_iommu=off\\b//' -e 's/^GRUB_CMDLINE_LINUX_DEFAULT=\"/&iommu=pt /' /etc/default/grub && grub-mkconfig -o /boot/grub/grub.cfg`, then reboot",
    'mkinitcpio -P',
    '`pacman -S linux`',
    '`pacman -S linux`',
    '`pacman -S libvirt',
  ],
  NixOS: [
    "In the boot loader's configuration, take `intel_iommu=off` from and add `iommu=pt` to the kernel command line, then reboot",
    'dracut -f',
    'Install the kernel of the distribution',
    'Install the kernel of the distribution',
    'Install libvirt',
  ],
};

for (const { name, release, file } of RELEASES) {
  test(`hints are those of ${name}`, (t) => {
    const root = layOutTree(t, `/etc/os-release = ${release}\n${file}`);
    const distribution = readDistribution(new SysfsReader(root));
    const [kernelArguments = '', ...starts] = WANT[name] ?? [];
    assert.equal(
      hintKernelArguments(distribution, { remove: ['intel_iommu=off'], add: ['iommu=pt'] }),
      kernelArguments,
    );
    const hints = [
      hintInitramfs(distribution),
      hintKernelPackage(distribution, '6.12.9'),
      hintKernelImage(distribution),
      hintLibvirtPackage(distribution),
    ];
    for (const [at, hint] of hints.entries()) assert.ok(hint.startsWith(starts[at] ?? '?'), hint);
  });
}

test('quote() leaves nothing for a shell to take as more than a word', () => {
  assert.equal(quote('enp1s0f0.5'), 'enp1s0f0.5');
  assert.equal(quote('a b;$(reboot)'), "'a b;$(reboot)'");
  assert.equal(quote("it's"), String.raw`'it'\''s'`);
  assert.equal(quote(''), "''");
});
