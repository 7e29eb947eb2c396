import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { layOutTree, readFixture } from '../testing/tree-loader.ts';
import { collectSnapshot, gatherFacts, runDoctor } from './index.ts';

/** Files that people write, and what the kernel shows beside devices. */
const PLACES = [
  '/etc/NetworkManager/system-connections/a.nmconnection',
  '/etc/NetworkManager/conf.d/a.conf',
  '/etc/cron.d/a',
  '/etc/default/grub',
  '/etc/init.d/a',
  '/etc/modprobe.d/a.conf',
  '/etc/netplan/a.yaml',
  '/etc/network/interfaces',
  '/etc/os-release',
  '/etc/rc.local',
  '/etc/sysconfig/network-scripts/ifcfg-a',
  '/etc/sysfs.conf',
  '/etc/systemd/network/a.link',
  '/etc/systemd/network/a.network',
  '/etc/systemd/system/a.service',
  '/etc/systemd/system/a.service.d/a.conf',
  '/etc/tmpfiles.d/a.conf',
  '/etc/udev/rules.d/a.rules',
  '/opt/a.sh',
  '/proc/900/limits',
  '/proc/900/status',
  '/proc/cmdline',
  '/proc/cpuinfo',
  '/proc/interrupts',
  '/proc/net/unix',
  '/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/resource',
  '/sys/devices/pci0000:00/0000:00:01.0/subordinate_bus_number',
  '/sys/kernel/security/lockdown',
  '/usr/lib/modules/6.12.9-amd64/modules.dep',
  '/var/log/virtfn-kernel.log',
];

const WORDS: readonly string[] = [
  ['\n', '\n', '\n', ' ', ' ', '  ', '\t', '=', '==', ':', ': ', '"', "'", '{', '}', '[', ']', '*', '!', '#'],
  ['>', '|', 'tee ', 'echo 4 > ', '/sys/class/net/', '/device/sriov_numvfs', 'sriov_numvfs', 'max_vfs=7'],
  ['enp1s0f0', 'enp1s0f1', 'eno1', '0000:01:00.1', '0000\\:01\\:00.0', '01:00.0', 'a0:36:9f:01:00:00', 'igb'],
  ['[sriov]', 'total-vfs=4', '[connection]', 'interface-name=', '[Match]', 'OriginalName=', '[Link]'],
  [
    'SR-IOVVirtualFunctions=4',
    '[SR-IOV]',
    'match:',
    'name: ',
    'virtual-function-count: 2',
    'iface ',
    'options ',
  ],
  ['blacklist ', 'install igb /bin/true', 'module_blacklist=', 'intel_iommu=off', 'ExecStart=', '/opt/a.sh'],
  [
    'ip link set ',
    ' vf 0 mac ',
    'ATTR{',
    '}="4"',
    '0x8086',
    'w ',
    'DEVICE=',
    'SRIOV_VF0=',
    'sriov-num-vfs=1',
  ],
  ['match-device=', 'DMAR: ', 'failed', 'not enough MMIO resources for SR-IOV', 'Lockdown: PCI restricted'],
  [
    'flags : vmx',
    'vendor_id : GenuineIntel',
    'Max locked memory 4096 x',
    'Uid: 7',
    'ID=ubuntu',
    'IO-APIC',
    'IR-',
  ],
  ['0x0 0x0 0x1', '0xffffffffffffffff', '99999999999999999999', '-1', '[integrity]', '\0', 'é', '\u{1F4A5}'],
].flat();

const content = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(''));
const files = fc.array(fc.tuple(fc.constantFrom(...PLACES), content), { minLength: 1, maxLength: 10 });

test('the doctor survives whatever stands in files, and a snapshot of it shows the same', async (t) => {
  const root = layOutTree(t, readFixture('healthy'));
  const top = mkdtempSync(path.join(tmpdir(), 'virtfn-snapshots-'));
  t.after(() => rmSync(top, { recursive: true, force: true }));
  await fc.assert(
    fc.asyncProperty(files, async (written) => {
      for (const place of PLACES) if (place.startsWith('/etc')) rmSync(root + place, { force: true });
      for (const [place, text] of written) {
        mkdirSync(path.dirname(root + place), { recursive: true });
        writeFileSync(root + place, text);
      }
      const findings = runDoctor(gatherFacts(root));
      for (const { text, hint } of findings) {
        assert.doesNotMatch(text + hint, /\p{Cc}/u);
        assert.ok(text !== '' && hint !== '' && text.length < 3000);
      }
      const folder = path.join(top, 'snapshot');
      rmSync(folder, { recursive: true, force: true });
      await collectSnapshot(root, folder);
      assert.deepEqual(runDoctor(gatherFacts(folder)), findings);
    }),
    { numRuns: 120 },
  );
});
