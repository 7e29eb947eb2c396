import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { applyHostYaml, labUnderTest, resetHost, virtfn, writeHostYaml } from './testing.ts';

// With a VF open through VFIO, the kernel takes a new number of VFs and then waits for ever for the one who has it (K4). So
// virtfn must never ask it to.

const lab = labUnderTest();
const host = lab.host('fish-1');
const port = '/sys/bus/pci/devices/0000:01:00.0';
const configOf = (numVfs: number, vfs: string): string => `
version: 1
pfs:
  - match: { pciAddress: "0000:01:00.0" }
    numVfs: ${numVfs}
    vfs: [${vfs}]
`;
const given = '{ index: 3, driver: vfio-pci, mac: "52:54:00:00:aa:03" }';

/** Opens a VF as QEMU does: container, group, device. From linux/vfio.h: SET_CONTAINER, SET_IOMMU (type 1), GET_DEVICE_FD. */
const holdDevice = `
use Fcntl;
my ($address, $group) = @ARGV;
sysopen(my $container, "/dev/vfio/vfio", O_RDWR) or die "container: $!";
sysopen(my $opened, "/dev/vfio/$group", O_RDWR) or die "group: $!";
ioctl($opened, 0x3b68, my $number = pack("i", fileno($container))) // die "set container: $!";
ioctl($container, 0x3b66, 1) // die "set IOMMU: $!";
ioctl($opened, 0x3b6a, my $name = "$address\\0") // die "get device: $!";
$| = 1;
print "holds it\\n";
sleep 100_000;
`;

async function hold(vfIndex: number): Promise<() => Promise<void>> {
  const vf = (await host.sh(`basename "$(readlink ${port}/virtfn${vfIndex})"`)).trim();
  const group = (await host.sh(`basename "$(readlink /sys/bus/pci/devices/${vf}/iommu_group)"`)).trim();
  const holder = await host.start(['perl', '-e', holdDevice, vf, group]);
  const errors: Buffer[] = [];
  holder.onStderr((data) => errors.push(data));
  const holds = new Promise<null>((resolve) => holder.onStdout(() => resolve(null)));
  const status = await Promise.race([holds, holder.ended]);
  assert.equal(status, null, Buffer.concat(errors).toString());
  return async () => {
    holder.kill('SIGKILL');
    await holder.ended;
  };
}

before(() => resetHost(host));
afterEach(() => resetHost(host));
after(() => lab.disconnect());

for (const { name, config } of [
  { name: 'to none', config: configOf(0, '') },
  { name: 'to another number', config: configOf(5, given) },
]) {
  test(`pain 2: virtfn refuses to change the number of VFs ${name} while a process has one open through VFIO`, async () => {
    await applyHostYaml(host, configOf(7, given));
    const letGo = await hold(3);
    try {
      await writeHostYaml(host, config);
      for (const command of ['plan', 'apply'] as const) {
        const started = performance.now();
        const { status, stdout } = await virtfn(host, command);
        assert.equal(status, 1, `${command}: ${stdout}`);
        assert.match(stdout, /in use are VF 3 by .*process perl \(VFS_IN_USE\)/);
        // Nothing has waited for the kernel, which would have let it wait for ever. An idle machine takes 5 s.
        assert.ok(performance.now() - started < 60_000, `${command} came back late`);
      }
      // Nobody may push it aside, named or not.
      const evicting = await virtfn(host, 'apply', '--evict', 'process perl');
      assert.equal(evicting.status, 1, evicting.stdout);
      assert.equal((await host.run(['cat', `${port}/sriov_numvfs`])).trim(), '7');
    } finally {
      await letGo();
    }
    if (name !== 'to none') return;
    const { status, stdout } = await virtfn(host, 'apply');
    assert.equal(status, 0, stdout);
    assert.equal((await host.run(['cat', `${port}/sriov_numvfs`])).trim(), '0');
  });
}
