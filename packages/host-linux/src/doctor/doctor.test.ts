import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '@virtfn/model';
import { layOutTree, readFixture, varyTree } from '../testing/tree-loader.ts';
import { parseKernelOption } from './facts/kernel-config.ts';
import { parseSriovCapability } from './facts/sriov-capability.ts';
import { gatherFacts, runDoctor } from './index.ts';

interface Case {
  readonly tree: string;
  /** For each finding: code, PF, and what text and hint must say. */
  readonly want: readonly [code: Finding['code'], pf: string | null, text: RegExp, hint: RegExp][];
}

const CASES: readonly Case[] = [
  { tree: 'healthy', want: [] },
  {
    tree: 'fish',
    want: [
      ['pf-carries-default-route', '0000:07:00.0', /through eth0.*drops the link/, /--set-vfs 0000:07:00\.0/],
    ],
  },
  {
    tree: 'switchdev',
    want: [
      ['pf-carries-default-route', '0000:3b:00.0', /so a change on this PF may cut the host off/, /console/],
      ['pf-carries-default-route', '0000:3b:00.1', /through ens1f1np1/, /console/],
    ],
  },
  { tree: 'container', want: [['no-sriov-card', null, /no PCI bus.*container/, /systemd-detect-virt/]] },
  {
    tree: 'without-sriov',
    want: [
      [
        'no-sriov-card',
        null,
        /^None of the network cards has.*01:00\.0.*\[8086:1533\], driver igb; .*02:00\.0.*\[1af4:1041\], driver virtio-pci\.$/,
        /docs\/drivers\.md/,
      ],
    ],
  },
  { tree: 'not-root', want: [['no-sriov-card', null, /not to be seen without root/, /sudo virtfn doctor/]] },
  {
    tree: 'kernel-without-iov',
    want: [
      [
        'kernel-without-sriov',
        '0000:01:00.0',
        /kernel 6\.12\.9-small is built without CONFIG_PCI_IOV.*82576/,
        /apt install linux-image-amd64/,
      ],
    ],
  },
  {
    tree: 'firmware-off',
    want: [
      ['firmware-sriov-off', null, /switched off.*01:00\.0.*02:00\.0/, /BIOS.*mstconfig -d 0000:01:00\.0/],
    ],
  },
  {
    tree: 'without-driver',
    want: [
      ['sriov-without-driver', '0000:01:00.0', /8 VFs, but no driver/, /modprobe igb`/],
      [
        'sriov-without-driver',
        '0000:04:00.0',
        /no driver is bound/,
        /No module of kernel 6\.12\.9 names 1137:0043/,
      ],
      ['driver-without-sriov', '0000:03:00.0', /only when it is loaded/, /modinfo -p mlx4_core/],
      [
        'pf-passed-through',
        '0000:02:00.0',
        /passed through as a whole/,
        /02:00\.0 > \/sys\/bus\/pci\/drivers_probe/,
      ],
    ],
  },
];

/** What the machines of the fixtures have besides: Debian, an IOMMU, libvirt, and a kernel's log. */
const ROUND = `
/etc/os-release = ID=debian
/sys/kernel/iommu_groups/99/
/usr/sbin/libvirtd = ELF
/var/log/virtfn-kernel.log = DMAR: IOMMU enabled
`;

suite('runDoctor() says why, and what to type', () => {
  for (const { tree, want } of CASES) {
    test(`on ${tree}`, (t) => {
      const findings = runDoctor(
        gatherFacts(
          layOutTree(t, tree === 'healthy' ? readFixture(tree) : varyTree(readFixture(tree), ROUND)),
        ),
      );
      assert.deepEqual(
        findings.map(({ code, pf }) => [code, pf]),
        want.map(([code, pf]) => [code, pf]),
      );
      for (const [at, [, , text, hint]] of want.entries()) {
        assert.match(findings[at]?.text ?? '', text);
        assert.match(findings[at]?.hint ?? '', hint);
      }
    });
  }

  test('on a bus without network cards', (t) => {
    const root = layOutTree(t, '/sys/bus/pci/devices/0000:00:01.0/class = 0x010601');
    assert.match(
      runDoctor(gatherFacts(root))[0]?.text ?? '',
      /1 functions, and none of them is a network card/,
    );
  });

  for (const lines of [
    `/proc/cpuinfo = flags : fpu
/proc/interrupts = 9: 0 IO-APIC acpi
/proc/cmdline = intel_iommu=off
/proc/self -> 7
/proc/7/status = Uid:\t1000\t1000
/proc/7/limits = Max locked memory 8388608 8388608 bytes
/proc/sys/kernel/osrelease = 6.12.9
/lib/modules/6.12.9/modules.dep = kernel/fs/ext4.ko:
/sys/kernel/security/lockdown = none [integrity] confidentiality
/var/log/virtfn-kernel.log = Lockdown: mstconfig: direct PCI access is restricted
/sys/firmware/acpi/tables/`,
    '/usr/sbin/libvirtd = ELF\n/proc/net/unix = Num',
  ]) {
    test('on a machine without a card, and of nothing that would only matter with one', (t) => {
      const root = layOutTree(t, varyTree(readFixture('container'), lines));
      assert.deepEqual(
        runDoctor(gatherFacts(root)).map(({ code }) => code),
        ['no-sriov-card'],
      );
    });
  }

  test('on an empty bus', (t) => {
    const root = layOutTree(t, '/sys/bus/pci/devices/');
    assert.match(runDoctor(gatherFacts(root))[0]?.text ?? '', /is empty/);
  });
});

test('parseSriovCapability() ends on a list that bites its own tail', () => {
  const config = Buffer.alloc(4096);
  config.writeUInt32LE(0x1401_0001, 0x100);
  config.writeUInt32LE(0x1001_0003, 0x140);
  assert.deepEqual(parseSriovCapability(config), { kind: 'absent' });
  assert.deepEqual(parseSriovCapability(Buffer.alloc(4096, 0xff)), { kind: 'absent' });
  assert.deepEqual(parseSriovCapability(Buffer.alloc(256)), { kind: 'absent' });
  assert.deepEqual(parseSriovCapability(Buffer.alloc(64)), { kind: 'not-seen' });
  assert.deepEqual(parseSriovCapability(null), { kind: 'not-seen' });
});

test('parseKernelOption() knows built in, module, off and not told', () => {
  assert.equal(parseKernelOption('CONFIG_A=y\nCONFIG_PCI_IOV=y\n', 'CONFIG_PCI_IOV'), true);
  assert.equal(parseKernelOption('CONFIG_VFIO=m', 'CONFIG_VFIO'), true);
  assert.equal(parseKernelOption('# CONFIG_PCI_IOV is not set', 'CONFIG_PCI_IOV'), false);
  assert.equal(parseKernelOption('<html>', 'CONFIG_PCI_IOV'), null);
  assert.equal(parseKernelOption(null, 'CONFIG_PCI_IOV'), null);
});
