import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { MachineDocument } from '@virtfn/contract/host-program';
import {
  hears,
  labUnderTest,
  moveToNamespace,
  resetHost,
  virtfn,
  virtfnJson,
  writeHostYaml,
} from './testing.ts';
import { LabVm, prepareHosts } from './virtual-machine/index.ts';

// Ports of a real virtual machine, under real libvirt and QEMU, with real VFs: given before it starts, taken out while it runs,
// plugged in again, and what becomes of them when machine, guest or agent do not play along. A VF of the other port, on the same
// wire, tells whether frames pass.

const lab = labUnderTest();
const host = lab.host('fish-1');
const vm = new LabVm('guppy', [host]);
const pf = '/sys/bus/pci/devices/0000:01:00.0';
const mac = '52:54:00:00:cc:01';
const address = '10.9.0.9';
const unit = readFileSync(
  path.join(import.meta.dirname, '../packaging/systemd/virtfn-agent.service'),
  'utf8',
);
const CONFIG = `
version: 1
pfs:
  - match: { pciAddress: "0000:01:00.0" }
    numVfs: 2
    physicalNetworks: [physnet1]
  - match: { pciAddress: "0000:02:00.0" }
    numVfs: 1
    vfs: [{ index: 0 }]
`;

interface Answer {
  readonly attachment: { readonly attachmentId: string; readonly vfIndex: number };
}

const attach = (...options: readonly string[]): Promise<Answer> =>
  virtfnJson(host, 'attach', vm.name, '--network', 'physnet1', '--mac', mac, ...options);

/** A shell condition: nobody has VF 0 of the first port, no driver is bound to it, and nothing of a port is left on it. */
const IS_CLOSED = `[ ! -e ${pf}/virtfn0/driver ] && ! ip link show enp1s0 | grep -q '${mac}'`;

async function waitUntilClosed(): Promise<void> {
  await host.sh(`timeout 60 bash -c "until ${IS_CLOSED}; do sleep 0.05; done"`, { timeoutMs: 90_000 });
}

async function interfaces(): Promise<MachineDocument['interfaces']> {
  const { machines } = await virtfnJson<{ machines: readonly MachineDocument[] }>(host, 'vm', 'list');
  return machines.find(({ name }) => name === vm.name)?.interfaces ?? [];
}

before(async () => {
  await resetHost(host);
  await prepareHosts([host]);
  await vm.remove();
  await writeHostYaml(host, CONFIG);
  await host.sh(
    'ln -sf /usr/local/bin/virtfn /usr/bin/virtfn; cat > /etc/systemd/system/virtfn-agent.service',
    { stdin: unit },
  );
  await host.sh('systemctl daemon-reload; systemctl start virtfn-agent', { timeoutMs: 240_000 });
  await moveToNamespace(host, '/sys/bus/pci/devices/0000:02:00.0/virtfn0', {
    name: 'x',
    address: '10.9.0.1',
  });
  await vm.define();
});
after(async () => {
  await vm.remove();
  await host.sh(
    'systemctl stop virtfn-agent; rm -f /etc/systemd/system/virtfn-agent.service; systemctl daemon-reload',
    { timeoutMs: 60_000 },
  );
  await resetHost(host);
  await lab.disconnect();
});

test('virtfn attach gives a machine that is shut off a VF, which it has when it boots', async () => {
  const { attachment } = await attach();
  assert.equal(attachment.vfIndex, 0);
  await vm.start();
  await vm.giveAddress(mac, `${address}/24`);
  assert.equal(await hears(host, 'x', address), true);
  assert.match(await vm.run('cat /sys/class/net/eth0/address'), new RegExp(mac));
  const [found, ...others] = await interfaces();
  assert.deepEqual(others, []);
  assert.deepEqual(
    [found?.kind, found?.mac, found?.isLive, found?.isInConfig, found?.attachmentId],
    ['vf', mac, true, true, attachment.attachmentId],
  );
});

test('virtfn detach takes it out while the machine runs, and closes the VF', async () => {
  await virtfnJson(host, 'detach', vm.name);
  await host.sh(IS_CLOSED);
  assert.equal(await hears(host, 'x', address), false);
  assert.deepEqual(await interfaces(), []);
});

test('virtfn attach plugs it into the running machine, and leaves the rest of its document as it was', async () => {
  const earlier = await vm.virsh('dumpxml', '--inactive', vm.name);
  await attach();
  assert.equal(await hears(host, 'x', address), true);
  await virtfnJson(host, 'detach', vm.name);
  assert.equal(await vm.virsh('dumpxml', '--inactive', vm.name), earlier);
});

for (const kind of ['direct', 'macvtap']) {
  test(`pain 5: a ${kind} port of a machine that is destroyed is closed and free a moment later`, async (t) => {
    await attach('--kind', kind, '--scope', 'live');
    assert.equal(await hears(host, 'x', address), true);
    const said = await host.sh(`
      virsh destroy ${vm.name} > /dev/null
      began=$(date +%s%3N)
      timeout 60 bash -c "until ${IS_CLOSED}; do sleep 0.02; done"
      echo $(($(date +%s%3N) - began))
    `);
    t.diagnostic(`closed ${said.trim()} ms after virsh destroy came back`);
    assert.deepEqual(await interfaces(), []);
    await vm.start();
    await vm.giveAddress(mac, `${address}/24`);
  });
}

test('pain 30: a guest that does not let go is named, and with --force its VF passes nothing from then on', async () => {
  await attach('--scope', 'live');
  await vm.ignoreHotPlug(true);
  const asked = await virtfn(host, 'detach', vm.name, '--wait', '2');
  assert.equal(asked.status, 1);
  assert.match(asked.stderr, /GUEST_KEEPS_DEVICE/);
  assert.equal(await hears(host, 'x', address), true);
  const forced = await virtfn(host, 'detach', vm.name, '--wait', '0', '--force');
  assert.match(forced.stderr, /passes nothing any more/);
  assert.equal(await hears(host, 'x', address), false);
  await vm.ignoreHotPlug(false);
  await waitUntilClosed();
  assert.deepEqual(await interfaces(), []);
});

test('pain 6: an agent that is killed while it plugs leaves a port that is whole, or none', async () => {
  for (const afterMs of [300, 900, 1500]) {
    const attaching = attach('--scope', 'live').catch(() => null);
    await host.sh(`sleep ${afterMs / 1000}; systemctl kill -s KILL virtfn-agent; sleep 0.3`);
    await attaching;
    await host.sh('timeout 60 bash -c "until systemctl is-active -q virtfn-agent; do sleep 0.2; done"', {
      timeoutMs: 90_000,
    });
    const { stdout, status } = await virtfn(host, 'detach', vm.name, '--json');
    // None was written down before it died, or it is whole and goes as a whole.
    if (status !== 0) assert.deepEqual(await interfaces(), [], stdout);
    await waitUntilClosed();
  }
});

test('pain 30: a machine without a free slot is named, and its port is taken back', async () => {
  const rng = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>";
  // One in each port, until libvirt finds no more.
  for (let isRoom = true; isRoom; ) {
    isRoom = await vm.attachDevice(rng).then(
      () => true,
      () => false,
    );
  }
  const { status, stderr } = await virtfn(
    host,
    'attach',
    vm.name,
    '--network',
    'physnet1',
    '--scope',
    'live',
  );
  assert.equal(status, 1);
  assert.match(stderr, /NO_PCIE_SLOT/);
  await waitUntilClosed();
});
