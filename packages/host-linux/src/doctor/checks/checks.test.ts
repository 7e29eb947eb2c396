import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Finding, type FindingCode, FINDING_TABLE } from '@virtfn/model';
import { layOutTree, readFixture, varyTree } from '../../testing/tree-loader.ts';
import { gatherFacts, runDoctor } from '../index.ts';
import { CHECKS } from './index.ts';

/** A variation of the healthy machine, and what must be found then: exactly that. */
interface Case {
  readonly name: string;
  readonly with: string;
  readonly without?: readonly string[];
  readonly want: readonly [code: FindingCode, pf: string | null, text: RegExp, hint: RegExp][];
}

const PF0 = '/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0';
const PF1 = '/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1';
const VF0 = '/sys/devices/pci0000:00/0000:00:01.0/0000:01:10.0';
const CMDLINE = '/proc/cmdline = BOOT_IMAGE=/vmlinuz ro quiet';
/** Leaves the machine without IOMMU. */
const WITHOUT_IOMMU = [
  '/sys/class/iommu',
  '/sys/kernel/iommu_groups',
  ...[PF0, PF1, VF0, '/sys/devices/pci0000:00/0000:00:01.0/0000:01:10.2'].map(
    (each) => `${each}/iommu_group`,
  ),
  '/sys/devices/pci0000:00/0000:02:00.0/iommu_group',
];
const CPU = '/proc/cpuinfo = processor\\t: 0\\nvendor_id\\t: ';
const ACPI = '/sys/firmware/acpi/tables';
/** SR-IOV capability at 0x100 with 8 VFs, behind 256 bytes of other things. */
const SRIOV_CONFIG = `config : ${'00'.repeat(0x100)}10000100${'00'.repeat(10)}0800${'00'.repeat(32)}`;

const CASES: readonly Case[] = [
  {
    name: 'a card without driver whose module is there',
    with: '',
    without: [`${PF1}/driver`, `${PF1}/net`, '/sys/class/net/enp1s0f1'],
    want: [
      ['sriov-without-driver', '0000:01:00.1', /can have 7 VFs, but no driver/, /`modprobe igb`.*dmesg/],
    ],
  },
  {
    name: 'a card without driver since modprobe.d forbids the module',
    with: '/etc/modprobe.d/quiet.conf = # no\\nblacklist igb',
    without: [`${PF1}/driver`, `${PF1}/net`, '/sys/class/net/enp1s0f1'],
    want: [
      [
        'driver-blacklisted',
        '0000:01:00.1',
        /igb may not be loaded by \/etc\/modprobe\.d\/quiet\.conf:2: `blacklist igb`/,
        /sed -i '2d' \/etc\/modprobe\.d\/quiet\.conf && update-initramfs -u && modprobe igb/,
      ],
    ],
  },
  {
    name: 'a module that is blacklisted and has its card all the same',
    with: '/etc/modprobe.d/quiet.conf = blacklist igb',
    want: [],
  },
  {
    name: 'vfio-pci forbidden on the kernel command line',
    with: `${CMDLINE} intel_iommu=on module_blacklist=nouveau,vfio-pci`,
    without: ['/sys/bus/pci/drivers/vfio-pci'],
    want: [
      [
        'driver-blacklisted',
        null,
        /vfio_pci may not be loaded by the kernel command line/,
        /-e 's\/ \*\\bmodule_blacklist=nouveau,vfio-pci\\b\/\/' -e .*&module_blacklist=nouveau \/' \/etc\/default\/grub && update-grub/,
      ],
    ],
  },
  {
    name: 'a PF with a driver that takes a module option',
    with: `${PF1}/driver -> ../../../../bus/pci/drivers/mlx4_core`,
    want: [['driver-without-sriov', '0000:01:00.1', /by a module option/, /modinfo -p mlx4_core/]],
  },
  {
    name: 'a PF that is passed through',
    with: `${PF1}/driver -> ../../../../bus/pci/drivers/vfio-pci`,
    without: [`${PF1}/net`, '/sys/class/net/enp1s0f1'],
    want: [['pf-passed-through', '0000:01:00.1', /set aside/, /echo 0000:01:00\.1 > .*unbind/]],
  },
  {
    name: 'a PF that the firmware allows 0 VFs',
    with: `${PF1}/sriov_totalvfs = 0`,
    want: [['firmware-sriov-off', '0000:01:00.1', /allows 0 VFs/, /BIOS.*Intel: `bootutil64e`/]],
  },
  {
    name: 'a firmware to be changed under lockdown',
    with: `${PF1}/sriov_totalvfs = 0\n/sys/kernel/security/lockdown = none [integrity] confidentiality`,
    want: [
      ['firmware-sriov-off', '0000:01:00.1', /./, /./],
      ['kernel-lockdown', null, /locked down \(integrity\).*cannot write the card's firmware/, /mokutil/],
    ],
  },
  {
    name: 'lockdown that hinders nobody',
    with: '/sys/kernel/security/lockdown = none [integrity] confidentiality',
    want: [],
  },
  {
    name: 'lockdown that refused something',
    with: '/sys/kernel/security/lockdown = none integrity [confidentiality]\n/var/log/virtfn-kernel.log = Lockdown: mstconfig: direct PCI access is restricted; see man kernel_lockdown.7',
    want: [['kernel-lockdown', null, /\(confidentiality\).*"Lockdown: mstconfig/, /mokutil/]],
  },
  {
    name: 'a card whose capability the kernel does not offer',
    with: `/sys/devices/pci0000:00/0000:02:00.0/${SRIOV_CONFIG}\n/boot/config-6.12.9-amd64 = CONFIG_PCI=y`,
    want: [['kernel-without-sriov', '0000:02:00.0', /is built without CONFIG_PCI_IOV/, /linux-image-amd64/]],
  },
  {
    name: 'a card whose capability a kernel with SR-IOV does not offer',
    with: `/sys/devices/pci0000:00/0000:02:00.0/${SRIOV_CONFIG}`,
    want: [['mmio-exhausted', '0000:02:00.0', /does not offer it/, /above 4G.*pci=realloc/]],
  },
  {
    name: 'VF BARs without address',
    with: `${PF1}/resource = ${'0x00000000f7000000 0x00000000f701ffff 0x0000000000040200\\n'.repeat(7)}0x0000000000000000 0x000000000001ffff 0x0000000020140204\\n0x0 0x0 0x0`,
    want: [
      [
        'mmio-exhausted',
        '0000:01:00.1',
        /VF BAR 0 has no memory address/,
        /"above 4G decoding".*pci=realloc .*update-grub/,
      ],
    ],
  },
  {
    name: 'what the kernel said of the room for VFs',
    with: '/var/log/virtfn-kernel.log = igb 0000:01:00.1: not enough MMIO resources for SR-IOV\\nigb 0000:01:00.0: not enough MMIO resources for SR-IOV',
    // The first PF has VFs now, so what was said of it is past.
    want: [['mmio-exhausted', '0000:01:00.1', /the kernel said "igb 0000:01:00\.1: not enough MMIO/, /BIOS/]],
  },
  {
    name: 'a bridge that does not reach the last VFs',
    with: `${PF1}/sriov_offset = 250\n${PF1}/sriov_totalvfs = 7`,
    want: [
      [
        'bus-numbers-exhausted',
        '0000:01:00.1',
        /only 3 of 7 VFs lie on the buses up to 01 that bridge 0000:00:01\.0 reaches/,
        /ARI.*pci=assign-busses/,
      ],
    ],
  },
  {
    name: 'a card without driver, and not what would come next',
    with: `${PF1}/sriov_offset = 250
/var/log/virtfn-kernel.log = igb 0000:01:00.1: not enough MMIO resources for SR-IOV`,
    without: [`${PF1}/driver`, `${PF1}/net`, '/sys/class/net/enp1s0f1'],
    want: [['sriov-without-driver', '0000:01:00.1', /./, /./]],
  },
  {
    name: 'what the kernel said of bus numbers',
    with: `/var/log/virtfn-kernel.log = igb 0000:01:00.1: can't enable 7 VFs (bus 02 out of range of [bus 01])`,
    want: [['bus-numbers-exhausted', '0000:01:00.1', /"igb 0000:01:00\.1: can't enable 7 VFs/, /ARI/]],
  },
  {
    name: 'an Intel processor without vmx',
    with: `${CPU}GenuineIntel\\nflags\\t\\t: fpu vme`,
    want: [['cpu-virtualization-off', null, /no flag vmx/, /"Intel Virtualization Technology"/]],
  },
  {
    name: 'an AMD processor without svm',
    with: `${CPU}AuthenticAMD\\nflags\\t\\t: fpu vme`,
    want: [['cpu-virtualization-off', null, /no flag svm/, /"SVM Mode"/]],
  },
  {
    name: 'a guest without nesting',
    with: `${CPU}AuthenticAMD\\nflags\\t\\t: fpu hypervisor`,
    want: [['cpu-virtualization-off', null, /virtual machine/, /kvm_amd nested=1/]],
  },
  {
    name: 'an IOMMU that the BIOS switched off, and nothing of what follows from it',
    with: `${CMDLINE}\n/proc/interrupts = 9: 0 IO-APIC 9-fasteoi acpi`,
    without: [...WITHOUT_IOMMU, `${ACPI}/DMAR`],
    want: [['iommu-firmware-off', null, /has no DMAR/, /"VT-d".*firmware-setup/]],
  },
  {
    name: 'an IOMMU that both BIOS and kernel leave alone: first the BIOS',
    with: `${CMDLINE} intel_iommu=off`,
    without: [...WITHOUT_IOMMU, `${ACPI}/DMAR`],
    want: [['iommu-firmware-off', null, /has no DMAR/, /"VT-d"/]],
  },
  {
    name: 'an AMD machine whose IOMMU the BIOS switched off',
    with: `${CPU}AuthenticAMD\\nflags\\t\\t: fpu svm`,
    without: [...WITHOUT_IOMMU, `${ACPI}/DMAR`],
    want: [['iommu-firmware-off', null, /has no IVRS/, /AMD-Vi/]],
  },
  {
    name: 'a guest without IOMMU',
    with: `${CPU}GenuineIntel\\nflags\\t\\t: vmx hypervisor`,
    without: [...WITHOUT_IOMMU, `${ACPI}/DMAR`],
    want: [['iommu-firmware-off', null, /This virtual machine/, /-device intel-iommu/]],
  },
  {
    name: 'VT-d that the kernel was not told to use, and nothing of what follows from it',
    with: `${CMDLINE}\n/proc/interrupts = 9: 0 IO-APIC 9-fasteoi acpi`,
    without: WITHOUT_IOMMU,
    want: [
      [
        'iommu-off',
        null,
        /`intel_iommu=on` is missing/,
        /sed -i -e 's\/\^GRUB_CMDLINE_LINUX_DEFAULT="\/&intel_iommu=on iommu=pt \/' \/etc\/default\/grub && update-grub/,
      ],
    ],
  },
  {
    name: 'VT-d that the kernel was told not to use, on Fedora',
    with: `${CMDLINE} intel_iommu=off\n/etc/os-release = ID=fedora`,
    without: WITHOUT_IOMMU,
    want: [
      [
        'iommu-off',
        null,
        /booted with `intel_iommu=off`/,
        /grubby --update-kernel=ALL --remove-args="intel_iommu=off"/,
      ],
    ],
  },
  {
    name: 'a kernel that made no groups though it was told to',
    with: '/var/log/virtfn-kernel.log = DMAR: [Firmware Bug]: BIOS has allocated no shadow GTT; disabling IOMMU',
    without: WITHOUT_IOMMU,
    want: [['no-iommu-groups', null, /made no IOMMU groups.*"DMAR: \[Firmware Bug\]/, /dmesg/]],
  },
  {
    name: 'VFs in one group with others',
    with: `${VF0}/iommu_group -> ../../../../kernel/iommu_groups/20
/sys/kernel/iommu_groups/20/devices/0000:01:10.0 -> ../../../../devices/x`,
    want: [
      [
        'iommu-group-shared',
        '0000:01:00.0',
        /are in IOMMU group 20 with others: 0000:01:00\.0, 0000:01:10\.0/,
        /ACS/,
      ],
    ],
  },
  {
    name: 'a PF whose VFs would come into one group, below a bridge without ACS',
    with: '/sys/kernel/iommu_groups/23/devices/0000:00:01.0 -> ../../../../devices/x',
    want: [
      [
        'iommu-group-shared',
        '0000:01:00.1',
        /would come into IOMMU group 23 .*below bridge 0000:00:01\.0/,
        /ACS/,
      ],
    ],
  },
  {
    name: 'interrupts that are not remapped',
    with: '/proc/interrupts = 9: 0 IO-APIC 9-fasteoi acpi\\n 30: 0 PCI-MSI 1-edge eno1',
    want: [['interrupt-remapping-off', null, /VFIO refuses/, /x2APIC.*allow_unsafe_interrupts=1/]],
  },
  {
    name: 'interrupts that are not remapped since the kernel was told so',
    with: `${CMDLINE} intremap=off\n/proc/interrupts = 9: 0 IO-APIC 9-fasteoi acpi
/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts = Y`,
    want: [['interrupt-remapping-off', null, /works all the same/, /intremap=off.*update-grub/]],
  },
  {
    name: 'interrupts of another kind of machine',
    with: '/proc/interrupts = 9: 0 GICv3 27 Level arch_timer',
    want: [],
  },
  {
    name: 'a kernel without vfio-pci',
    with: '/usr/lib/modules/6.12.9-amd64/modules.dep = kernel/fs/ext4.ko:\n/etc/os-release = ID=ubuntu\\nID_LIKE=debian',
    without: ['/sys/bus/pci/drivers/vfio-pci'],
    want: [
      ['vfio-missing', null, /6\.12\.9-amd64 has no module vfio-pci/, /linux-modules-extra-6\.12\.9-amd64/],
    ],
  },
  { name: 'vfio-pci that is not loaded yet', with: '', without: ['/sys/bus/pci/drivers/vfio-pci'], want: [] },
  {
    name: 'a PF that is down and has VFs',
    with: `${PF0}/net/enp1s0f0/flags = 0x1002`,
    want: [['pf-down', '0000:01:00.0', /enp1s0f0 is down, so its 2 VFs/, /`ip link set enp1s0f0 up`/]],
  },
  { name: 'a PF that is down without VFs', with: `${PF1}/net/enp1s0f1/flags = 0x1002`, want: [] },
  {
    name: 'a PF that is down, of a driver that makes no VFs then',
    with: `${PF1}/net/enp1s0f1/flags = 0x1002\n${PF1}/driver -> ../../../../bus/pci/drivers/bnxt_en`,
    want: [['pf-down', '0000:01:00.1', /makes no VFs until it is up/, /enp1s0f1 up/]],
  },
  {
    name: 'a PF with the default route',
    with: '/proc/net/route = Iface\\tDestination\\tGateway\\tFlags\\tRefCnt\\tUse\\tMetric\\tMask\\nenp1s0f1\\t00000000\\t010200C0\\t0003\\t0\\t0\\t0\\t00000000',
    want: [['pf-carries-default-route', '0000:01:00.1', /through enp1s0f1.*drops the link/, /console/]],
  },
  {
    name: 'a libvirt that may not raise the limit of locked memory',
    with: '/proc/800/status = Uid:\\t0\\t0\\t0\\t0\\nCapEff:\\t00000000a80425fb',
    want: [
      ['memlock-low', null, /virtqemud may lock 64 MB/, /systemctl edit virtqemud.*LimitMEMLOCK=infinity/],
    ],
  },
  {
    name: 'a user without libvirt who may lock little memory',
    with: '/proc/900/status = Uid:\\t1000\\t1000\\t1000\\t1000\\nCapEff:\\t0000000000000000',
    without: ['/usr/sbin/virtqemud', '/run/libvirt'],
    want: [
      ['memlock-low', null, /This user may lock 8 MB/, /limits\.d/],
      ['libvirt-missing', null, /not installed/, /apt install libvirt-daemon-system/],
    ],
  },
  {
    name: 'root without libvirt',
    with: '',
    without: ['/usr/sbin/virtqemud', '/run/libvirt'],
    want: [['libvirt-missing', null, /not installed/, /apt install libvirt-daemon-system/]],
  },
  {
    name: 'a libvirt on whose socket nobody listens',
    with: '/proc/net/unix = Num RefCount Protocol Flags Type St Inode Path\\n0: 00000003 00000000 00000000 0001 03 18001 /run/libvirt/virtqemud-sock',
    want: [['libvirt-unreachable', null, /virtqemud-sock/, /systemctl enable --now virtqemud\.socket/]],
  },
  {
    name: 'another that makes VFs',
    with: '/etc/rc.local = #!/bin/sh\\necho 4 > /sys/class/net/enp1s0f1/device/sriov_numvfs',
    want: [
      [
        'competing-owner',
        '0000:01:00.1',
        /rc\.local makes or sets VFs of enp1s0f1, too: \/etc\/rc\.local:2 says `echo 4/,
        /delete line 2 of \/etc\/rc\.local/,
      ],
    ],
  },
  {
    name: 'another that makes VFs of several PFs, in one finding',
    with: '/etc/modprobe.d/igb.conf = options igb max_vfs=7',
    want: [
      [
        'competing-owner',
        null,
        /modprobe .*VFs of enp1s0f0, enp1s0f1, too: .*igb\.conf:1/,
        /delete `max_vfs`/,
      ],
    ],
  },
  {
    name: 'processes whose open files are hidden',
    with: '/proc/800/fd = hidden',
    want: [['processes-not-seen', null, /1 VFs are bound to VFIO.*1 processes/, /sudo virtfn doctor/]],
  },
  {
    name: 'hidden processes where no VF is bound to VFIO',
    with: `/proc/800/fd = hidden\n${VF0}/driver -> ../../../../bus/pci/drivers/igbvf`,
    want: [],
  },
  {
    name: 'what only root may read',
    with: `/proc/900/status = Uid:\\t1000\\t1000\\t1000\\t1000
/etc/NetworkManager/system-connections = hidden
/sys/devices/pci0000:00/0000:02:00.0/config : 8680`,
    without: ['/var/log'],
    want: [
      [
        'not-all-seen',
        null,
        /Without root rights.*kernel's log.*space of 0000:02:00\.0.*system-connections/,
        /sudo virtfn doctor/,
      ],
    ],
  },
];

suite('a check finds', () => {
  for (const { name, with: lines, without, want } of CASES) {
    test(name, (t) => {
      const tree = varyTree(readFixture('healthy'), lines, without);
      const findings = runDoctor(gatherFacts(layOutTree(t, tree)));
      const brief = ({ code, pf }: Finding): unknown => [code, pf];
      assert.deepEqual(
        findings.map(brief),
        want.map(([code, pf]) => [code, pf]),
      );
      for (const [at, [, , text, hint]] of want.entries()) {
        assert.match(findings[at]?.text ?? '', text);
        assert.match(findings[at]?.hint ?? '', hint);
      }
    });
  }
});

/** Findings of agents, which no check of a machine makes. */
const TOLD_BY_OTHERS = ['host-config-not-followed', 'local-mac-unreachable', 'simulated-host'];

test('every check has a code of the table, in its order, and fires in a test', () => {
  const codes = CHECKS.map(({ code }) => code);
  // The order of the table is that of the documentation.
  assert.deepEqual([...codes, ...TOLD_BY_OTHERS], Object.keys(FINDING_TABLE));
  const fired = new Set(CASES.flatMap(({ want }) => want.map(([code]) => code)));
  // doctor.test.ts has the machines without a card, the agent tells of MACs, and the simulator of itself.
  const elsewhere = ['no-sriov-card', ...TOLD_BY_OTHERS];
  assert.deepEqual(
    Object.keys(FINDING_TABLE).filter((code) => !fired.has(code as FindingCode)),
    elsewhere,
  );
});
