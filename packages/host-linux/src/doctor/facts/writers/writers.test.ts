import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { layOutTree, readFixture, varyTree } from '../../../testing/tree-loader.ts';
import { gatherFacts } from '../gather-facts.ts';
import { parseIni } from './ini.ts';
import { matchesGlob } from './match-pf.ts';
import { startedScripts } from './scripts.ts';

const PORT0 = '0000:01:00.0';
const PORT1 = '0000:01:00.1';

/** Files of the healthy machine, and who writes VFs by them: owner, line, PF. */
interface Case {
  readonly name: string;
  readonly files: string;
  readonly want: readonly [owner: string, place: string, pf: string | null][];
}

const NM = '/etc/NetworkManager/system-connections';
const LINKS = '/etc/systemd/network';

const CASES: readonly Case[] = [
  {
    name: 'NetworkManager, profile of an interface',
    files: `${NM}/fast.nmconnection = [connection]\\nid=fast\\ninterface-name=enp1s0f1\\n[sriov]\\ntotal-vfs=4`,
    want: [['NetworkManager', `${NM}/fast.nmconnection:5`, PORT1]],
  },
  {
    name: 'NetworkManager, profile by MAC, with VFs only',
    files: `${NM}/fast.nmconnection = [ethernet]\\nmac-address=A0:36:9F:01:00:00\\n[sriov]\\nvf.0=mac=02:00:00:00:00:01`,
    want: [['NetworkManager', `${NM}/fast.nmconnection:4`, PORT0]],
  },
  {
    name: 'NetworkManager, profile by PCI path',
    files: `${NM}/fast.nmconnection = [match]\\npath=pci-0000:01:00.1\\n[sriov]\\ntotal-vfs=4`,
    want: [['NetworkManager', `${NM}/fast.nmconnection:4`, PORT1]],
  },
  {
    name: 'NetworkManager, profile for any interface',
    files: `${NM}/fast.nmconnection = [sriov]\\ntotal-vfs=4`,
    want: [['NetworkManager', `${NM}/fast.nmconnection:2`, null]],
  },
  {
    name: 'NetworkManager, profiles of another interface and without VFs',
    files: `${NM}/a.nmconnection = [connection]\\ninterface-name=eno1\\n[sriov]\\ntotal-vfs=4
${NM}/b.nmconnection = [connection]\\ninterface-name=enp1s0f1\\n[ipv4]\\nmethod=auto
${NM}/c.nmconnection~ = [connection]\\ninterface-name=enp1s0f1\\n[sriov]\\ntotal-vfs=4`,
    want: [],
  },
  {
    name: 'NetworkManager, ifcfg file',
    files:
      '/etc/sysconfig/network-scripts/ifcfg-enp1s0f0 = DEVICE="enp1s0f0"\\nSRIOV_TOTAL_VFS=4\\nONBOOT=yes',
    want: [['NetworkManager', '/etc/sysconfig/network-scripts/ifcfg-enp1s0f0:2', PORT0]],
  },
  {
    name: 'NetworkManager, configuration of devices',
    files:
      '/etc/NetworkManager/conf.d/vfs.conf = [device-a]\\nmatch-device=interface-name:enp1s0f1;mac:a0:36:9f:02:00:00\\nsriov-num-vfs=3\\n[device-b]\\nmatch-device=driver:ice\\nsriov-num-vfs=9',
    want: [['NetworkManager', '/etc/NetworkManager/conf.d/vfs.conf:3', PORT1]],
  },
  {
    name: 'systemd.link, the first file that fits alone',
    files: `${LINKS}/10-vfs.link = [Match]\\nOriginalName=enp1s0f[0-3] !x\\nDriver=igb\\n[Link]\\nSR-IOVVirtualFunctions=4
${LINKS}/20-vfs.link = [Match]\\nPath=pci-0000:01:00.*\\n[SR-IOV]\\nVirtualFunction=0
${LINKS}/05-first.link = [Match]\\nMACAddress=a0:36:9f:01:00:00\\n[Link]\\nName=enp1s0f0`,
    want: [['udev (systemd.link)', `${LINKS}/10-vfs.link:5`, PORT1]],
  },
  {
    name: 'systemd.link that /etc hides',
    files: `/usr/lib/systemd/network/10-vfs.link = [Match]\\nOriginalName=*\\n[Link]\\nSR-IOVVirtualFunctions=4
${LINKS}/10-vfs.link -> /dev/null`,
    want: [],
  },
  {
    name: 'systemd.network',
    files: `${LINKS}/10-port.network = [Match]\\nName=!eno* enp1s0f1\\n[SR-IOV]\\nVirtualFunction=1\\nVLANId=5`,
    want: [['systemd-networkd', `${LINKS}/10-port.network:4`, PORT0]],
  },
  {
    name: 'netplan, by name, by MAC, and another one',
    files: `/etc/netplan/50-a.yaml = network:\\n  version: 2\\n  ethernets:\\n    enp1s0f0:\\n      virtual-function-count: 4\\n    port:\\n      match:\\n        macaddress: "a0:36:9f:01:00:01"\\n      embedded-switch-mode: switchdev\\n    eno1:\\n      virtual-function-count: 2\\n    x:\\n      match: {name: "enp1s0f1"}\\n      virtual-function-count: 3`,
    want: [
      ['netplan', '/etc/netplan/50-a.yaml:5', PORT0],
      ['netplan', '/etc/netplan/50-a.yaml:9', PORT1],
      ['netplan', '/etc/netplan/50-a.yaml:14', PORT1],
    ],
  },
  {
    name: 'modprobe.d and the kernel command line',
    files: `/etc/modprobe.d/igb.conf = \\noptions igb debug=1 max_vfs=7,7\\noptions ixgbe max_vfs=7
/etc/modprobe.d/virtfn-igb.conf = options igb max_vfs=7
/proc/cmdline = quiet igb.max_vfs=2`,
    want: [
      ['modprobe', '/etc/modprobe.d/igb.conf:2', PORT0],
      ['modprobe', '/etc/modprobe.d/igb.conf:2', PORT1],
      ['the kernel command line', '/proc/cmdline:1', PORT0],
      ['the kernel command line', '/proc/cmdline:1', PORT1],
    ],
  },
  {
    name: 'rc.local by address, by name, for all, for nobody here, and lines that only read',
    files: `/etc/rc.local = \\necho 4 > /sys/bus/pci/devices/0000\\\\:01\\\\:00.1/sriov_numvfs\\nip link set enp1s0f0 vf 0 mac 02:00:00:00:00:01\\necho 2 | sudo tee /sys/bus/pci/drivers/igb/*/sriov_numvfs\\necho 4 > /sys/class/net/eno1/device/sriov_numvfs\\necho 4 > /sys/bus/pci/devices/0000:99:00.0/sriov_numvfs\\ncat /sys/class/net/enp1s0f0/device/sriov_numvfs > /tmp/n\\n# echo 4 > /sys/class/net/enp1s0f0/device/sriov_numvfs`,
    want: [
      ['rc.local', '/etc/rc.local:2', PORT1],
      ['rc.local', '/etc/rc.local:3', PORT0],
      ['rc.local', '/etc/rc.local:4', PORT0],
      ['rc.local', '/etc/rc.local:4', PORT1],
    ],
  },
  {
    name: 'a script with the name in a variable, and one that does not tell',
    files: `/etc/init.d/vfs = PF=enp1s0f1\\necho 4 > /sys/class/net/$PF/device/sriov_numvfs
/etc/cron.d/vfs = @reboot root echo 4 > /sys/class/net/$PF/device/sriov_numvfs`,
    want: [
      ['an init script', '/etc/init.d/vfs:2', PORT1],
      ['cron', '/etc/cron.d/vfs:1', null],
    ],
  },
  {
    name: 'udev rules that assign, and one that asks',
    files: `/etc/udev/rules.d/70-vfs.rules = ACTION=="add", ATTR{vendor}=="0x8086", ATTR{device}=="0x10c9", ATTR{sriov_numvfs}="4"\\nKERNEL=="enp1s0f1", RUN+="/bin/sh -c 'echo 4 > /sys/class/net/%k/device/sriov_numvfs'"\\nATTR{device/sriov_numvfs}=="0", NAME="x"\\nATTR{vendor}=="0x15b3", ATTR{sriov_numvfs}="4"`,
    want: [
      ['a udev rule', '/etc/udev/rules.d/70-vfs.rules:1', PORT0],
      ['a udev rule', '/etc/udev/rules.d/70-vfs.rules:1', PORT1],
      ['a udev rule', '/etc/udev/rules.d/70-vfs.rules:2', PORT1],
    ],
  },
  {
    name: 'ifupdown, by the stanza',
    files: `/etc/network/interfaces = auto enp1s0f1\\niface enp1s0f1 inet manual\\n  pre-up echo 4 > /sys/class/net/$IFACE/device/sriov_numvfs\\niface eno1 inet dhcp\\n  pre-up echo 4 > /sys/class/net/$IFACE/device/sriov_numvfs`,
    want: [['ifupdown', '/etc/network/interfaces:3', PORT1]],
  },
  {
    name: 'a unit, its drop-in, the script that it starts, and our own unit',
    files: `/etc/systemd/system/vfs.service = [Service]\\nExecStart=/bin/sh -c 'echo 2 > /sys/class/net/enp1s0f0/device/sriov_numvfs'\\nExecStartPost=-/usr/local/sbin/vfs.sh --now
/etc/systemd/system/vfs.service.d/more.conf = [Service]\\nExecStartPost=/usr/sbin/devlink dev eswitch set pci/0000:01:00.1 mode switchdev
/usr/local/sbin/vfs.sh = #!/bin/sh\\nmodprobe igb max_vfs=3
/etc/systemd/system/virtfn-agent.service = [Service]\\nExecStart=/bin/sh -c 'echo 2 > /sys/class/net/enp1s0f0/device/sriov_numvfs'`,
    want: [
      ['the unit vfs.service', '/etc/systemd/system/vfs.service:2', PORT0],
      ['the unit vfs.service', '/usr/local/sbin/vfs.sh:2', PORT0],
      ['the unit vfs.service', '/usr/local/sbin/vfs.sh:2', PORT1],
      ['the unit vfs.service', '/etc/systemd/system/vfs.service.d/more.conf:2', PORT1],
    ],
  },
  {
    name: 'sysfsutils and tmpfiles.d',
    files: `/etc/sysfs.conf = bus/pci/devices/0000:01:00.0/sriov_numvfs = 4
/etc/tmpfiles.d/vfs.conf = w /sys/class/net/enp1s0f1/device/sriov_numvfs - - - - 4`,
    want: [
      ['sysfsutils', '/etc/sysfs.conf:1', PORT0],
      ['systemd-tmpfiles', '/etc/tmpfiles.d/vfs.conf:1', PORT1],
    ],
  },
];

suite('readWriters() finds', () => {
  for (const { name, files, want } of CASES) {
    test(name, (t) => {
      const root = layOutTree(t, varyTree(readFixture('healthy'), files));
      const { writes, refused } = gatherFacts(root).writers;
      assert.deepEqual(
        writes.map(({ owner, file, line, pf }) => [owner, `${file}:${line}`, pf]),
        want,
      );
      assert.deepEqual(refused, []);
    });
  }
});

test('matchesGlob() knows * ? [a-c] [!a] and takes no time', () => {
  const fits: readonly (readonly [text: string, pattern: string, want: boolean])[] = [
    ['eth0', 'eth0', true],
    ['eth0', 'eth', false],
    ['eth0', 'e*0', true],
    ['eth0', 'e?h?', true],
    ['eth0', 'eth[0-3]', true],
    ['eth4', 'eth[0-3]', false],
    ['eth4', 'eth[!0-3]', true],
    ['eth]', 'eth]', true],
    ['eth[', 'eth[', true],
    ['', '*', true],
    ['a'.repeat(200), `${'*a'.repeat(60)}b`, false],
  ];
  for (const [text, pattern, want] of fits)
    assert.equal(matchesGlob(text, pattern), want, `${text} ${pattern}`);
});

test('parseIni() tells sections of one name apart', () => {
  assert.deepEqual(
    parseIni('a=1\n[x]\nb = "2"\n# c=3\n[x]\nb=4').map(({ section, sectionNumber, key, value, line }) => [
      section,
      sectionNumber,
      key,
      value,
      line,
    ]),
    [
      ['', 0, 'a', '1', 1],
      ['x', 1, 'b', '"2"', 3],
      ['x', 2, 'b', '4', 6],
    ],
  );
});

test('startedScripts() names what an operator wrote, not what a distribution ships', () => {
  assert.deepEqual(
    startedScripts(
      '[Service]\nExecStart=-/usr/local/bin/a.sh x\nExecStop=/bin/bash "/opt/b/c.sh"\nEnvironment=/opt/d',
    ),
    ['/usr/local/bin/a.sh', '/opt/b/c.sh'],
  );
});
