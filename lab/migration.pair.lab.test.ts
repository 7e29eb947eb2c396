import assert from 'node:assert/strict';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import { LabFleet, type ShownPort } from './lab-fleet.ts';
import type { LabHost } from './lab-host.ts';
import { measureGaps, startProbe } from './probe/index.ts';
import { hears, labUnderTest, moveToNamespace } from './testing.ts';
import { LabVm, prepareHosts } from './virtual-machine/index.ts';

// A real machine goes from one host to the other with its port, by virtfn and, in the same run, by libvirt alone. Two VFs
// watch it: one of the card that it leaves, one of the card that it goes to.

const lab = labUnderTest();
const [fish1, fish2] = [lab.host('fish-1'), lab.host('fish-2')];
const hosts = [fish1, fish2] as const;
const vm = new LabVm('molly', [fish1, fish2]);
const pf = '/sys/bus/pci/devices/0000:01:00.0';
const mac = '52:54:00:00:dd:01';
const address = '10.9.0.9';
/** VFs that virtfn leaves alone: the one that watches, and the one that libvirt alone moves to. */
const RESERVED = { probe: 2, plain: 3 } as const;
/** How long a migration is watched beyond its end: what was cut off must be back by then. */
const AFTERWARDS_MS = 5000;

const configOf = ({ name }: LabHost): string => `
version: 1
pfs:
  - match: { pciAddress: "0000:01:00.0" }
    numVfs: 4
    physicalNetworks: [physnet1]
    reservedVfs: [${RESERVED.probe}, ${RESERVED.plain}]
bridges:
  - { name: br0, physicalNetwork: physnet1 }
migrationUri: qemu+tcp://${name}/system
`;

interface ShownMigration {
  readonly migrationId: string;
  readonly state: string;
  readonly reason: { readonly code: string; readonly message: string } | null;
}

let fleet: LabFleet;
let domainId: string;
let networkId: string;

before(
  async () => {
    await prepareHosts(hosts);
    await vm.remove();
    for (const host of hosts) {
      // The agent's own doing does not depend on the bridge; the machine's other interface is on it.
      await host.sh(`
        ip link show br0 > /dev/null 2>&1 || ip link add br0 type bridge
        ip link set enp1s0 master br0
        ip link set br0 up
        ip link set enp1s0 up
      `);
    }
    fleet = await LabFleet.start({ hosts, configOf, numVfs: 4 });
    for (const [index, host] of hosts.entries()) {
      await host.sh(`
        for n in ${RESERVED.probe} ${RESERVED.plain}; do
          device=$(readlink -f ${pf}/virtfn$n)
          echo igbvf > $device/driver_override
          echo $(basename $device) > /sys/bus/pci/drivers_probe
          printf '\\n' > $device/driver_override
        done
        udevadm settle
        # What libvirt alone moves to has to have the same name on both hosts.
        ip link set "$(ls ${pf}/virtfn${RESERVED.plain}/net)" down
        ip link set "$(ls ${pf}/virtfn${RESERVED.plain}/net)" name plain0
      `);
      const place = { name: 'probe', address: `10.9.0.${index + 1}` };
      await moveToNamespace(host, `${pf}/virtfn${RESERVED.probe}`, place);
    }
    await vm.create();
    domainId = (await vm.virsh('domuuid', vm.name)).trim();
    await vm.giveAddress(mac, `${address}/24`);
    const { network } = await fleet.ask<{ readonly network: { readonly id: string } }>('/v2.0/networks', {
      method: 'POST',
      body: JSON.stringify({
        network: {
          name: 'flat',
          'provider:network_type': 'flat',
          'provider:physical_network': 'physnet1',
          port_security_enabled: false,
        },
      }),
    });
    networkId = network.id;
  },
  { timeout: 400_000 },
);
after(async () => {
  await vm.remove();
  await fleet?.stop();
  for (const host of hosts) await host.exec(['ip', 'link', 'delete', 'br0']);
  await lab.disconnect();
});

/** Whatever a test that failed has left of its ports. */
beforeEach(async () => {
  const { ports } = await fleet.ask<{ readonly ports: readonly { readonly id: string }[] }>(
    '/v2.0/ports?fields=id',
  );
  for (const { id } of ports) await fleet.request(`/v2.0/ports/${id}`, { method: 'DELETE' });
  await vm.find();
});

/** A port in the machine, on the host where it is. */
async function attach(kind: string): Promise<string> {
  const { port } = await fleet.ask<{ readonly port: { readonly id: string } }>('/v2.0/ports', {
    method: 'POST',
    body: JSON.stringify({
      port: {
        network_id: networkId,
        mac_address: mac,
        'binding:vnic_type': kind === 'macvtap' ? kind : 'direct',
      },
    }),
  });
  await fleet.ask(`/virtfn/v1/ports/${port.id}/attach`, {
    method: 'POST',
    body: JSON.stringify({ vm: domainId, hostId: vm.host.name, kind, scope: 'live' }),
  });
  await fleet.untilStatus(port.id, 'ACTIVE');
  return port.id;
}

async function detach(portId: string): Promise<void> {
  await fleet.ask(`/virtfn/v1/ports/${portId}/detach`, { method: 'POST', body: '{}' });
  await vm.host.sh(
    `timeout 60 bash -c "while virsh dumpxml ${vm.name} | grep -q ${mac}; do sleep 0.2; done"`,
    {
      timeoutMs: 90_000,
    },
  );
  assert.equal((await fleet.request(`/v2.0/ports/${portId}`, { method: 'DELETE' })).status, 204);
}

async function migrate(to: LabHost): Promise<ShownMigration> {
  const begun = await fleet.ask<ShownMigration>('/virtfn/v1/migrations', {
    method: 'POST',
    body: JSON.stringify({ vm: domainId, to: to.name }),
  });
  const deadline = performance.now() + 180_000;
  for (;;) {
    const migration = await fleet.ask<ShownMigration>(`/virtfn/v1/migrations/${begun.migrationId}`);
    if (migration.state === 'done' || migration.state === 'failed') {
      await vm.find();
      return migration;
    }
    assert.ok(performance.now() < deadline, `it is ${migration.state}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Watched {
  readonly source: number;
  readonly target: number;
}

/** Watches the machine from both cards while something is done with it; prints what it missed. */
async function watched(t: TestContext, what: string, work: () => Promise<void>): Promise<Watched> {
  const [leaving, arriving] = vm.host === fish1 ? [fish1, fish2] : [fish2, fish1];
  for (const host of hosts)
    assert.equal(await hears(host, 'probe', address), true, `${host.name} hears it before`);
  const probes = await Promise.all(
    [leaving, arriving].map((host) => startProbe(host, { namespace: 'probe', address })),
  );
  const began = performance.now();
  await work();
  const tookMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, AFTERWARDS_MS));
  const [source, target] = await Promise.all(probes.map(async (probe) => measureGaps(await probe.stop())));
  assert.ok(source !== undefined && target !== undefined);
  t.diagnostic(
    `${what}: ${(tookMs / 1000).toFixed(1)} s; from the source's card ${source.lost} of ${source.sent} pings lost, longest gap ${source.longestGapMs} ms; from the target's ${target.lost} of ${target.sent}, ${target.longestGapMs} ms`,
  );
  for (const host of hosts)
    assert.equal(await hears(host, 'probe', address), true, `${host.name} hears it again`);
  return { source: source.longestGapMs, target: target.longestGapMs };
}

for (const kind of ['macvtap', 'failover', 'direct']) {
  test(`pain 7: a machine with a ${kind} port moves with it`, { timeout: 400_000 }, async (t) => {
    const portId = await attach(kind);
    // One of them there and back: what was left behind must not stand in the way.
    const there = vm.host === fish1 ? fish2 : fish1;
    for (const to of kind === 'macvtap' ? [there, vm.host] : [there]) {
      const from = vm.host;
      await watched(t, `${kind} by virtfn to ${to.name}`, async () => {
        const { state, reason } = await migrate(to);
        assert.equal(state, 'done', JSON.stringify(reason));
      });
      assert.equal(vm.host, to);
      assert.equal((await fleet.untilStatus(portId, 'ACTIVE'))['binding:host_id'], to.name);
      // Nothing of the machine is left where it was.
      const left = await from.sh('ip link show enp1s0; bridge fdb show dev enp1s0 | grep self');
      assert.doesNotMatch(left, new RegExp(mac));
    }
    await detach(portId);
  });
}

/** What a user of libvirt alone would write. */
const PLAIN = {
  macvtap: [
    `<interface type='direct'><mac address='${mac}'/><source dev='plain0' mode='passthrough'/><model type='virtio'/></interface>`,
  ],
  failover: [
    `<interface type='bridge'><mac address='${mac}'/><source bridge='br0'/><model type='virtio'/><teaming type='persistent'/><alias name='ua-standby'/></interface>`,
    `<interface type='hostdev' managed='yes'><mac address='${mac}'/><source><address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x6'/></source><teaming type='transient' persistent='ua-standby'/><alias name='ua-vf'/></interface>`,
  ],
} as const;

for (const [kind, devices] of Object.entries(PLAIN)) {
  test(`for comparison: a machine with a ${kind} port moves by virsh migrate`, {
    timeout: 300_000,
  }, async (t) => {
    for (const xml of devices) await vm.attachDevice(xml);
    const to = vm.host === fish1 ? fish2 : fish1;
    await watched(t, `${kind} by virsh migrate to ${to.name}`, async () => {
      await vm.virsh(
        'migrate',
        '--live',
        '--p2p',
        '--persistent',
        '--undefinesource',
        vm.name,
        `qemu+tcp://${to.name}/system`,
      );
      await vm.find();
    });
    for (const xml of devices.toReversed()) {
      const alias = /alias name='(\S+)'/.exec(xml)?.[1];
      if (alias === undefined) await vm.detachDevice(xml);
      else await vm.virsh('detach-device-alias', vm.name, alias, '--live');
      await vm.host.sh('sleep 3');
    }
  });
}

test('pain 7: a destination without a free VF is refused before anything moves', async () => {
  const portId = await attach('macvtap');
  const from = vm.host;
  const to = from === fish1 ? fish2 : fish1;
  const others: string[] = [];
  // As many as the host has VFs for.
  for (let isBound = true; isBound; ) {
    const { port } = await fleet.ask<{ readonly port: ShownPort & { readonly id: string } }>('/v2.0/ports', {
      method: 'POST',
      body: JSON.stringify({
        port: { network_id: networkId, 'binding:vnic_type': 'direct', 'binding:host_id': to.name },
      }),
    });
    others.push(port.id);
    isBound = port['binding:vif_type'] === 'hw_veb';
  }
  const answer = await fleet.request('/virtfn/v1/migrations', {
    method: 'POST',
    body: JSON.stringify({ vm: domainId, to: to.name }),
  });
  assert.equal(answer.status, 409, await answer.text());
  assert.equal(await vm.find(), from);
  assert.equal(await hears(from, 'probe', address), true);
  for (const id of others)
    assert.equal((await fleet.request(`/v2.0/ports/${id}`, { method: 'DELETE' })).status, 204);
  await detach(portId);
});

test('pain 7: when the agent of the destination dies half-way, the machine is at its source with its VF', {
  timeout: 300_000,
}, async () => {
  const portId = await attach('failover');
  const from = vm.host;
  const to = from === fish1 ? fish2 : fish1;
  const moving = migrate(to);
  await from.sh(`timeout 90 bash -c "while virsh dumpxml ${vm.name} | grep -q hostdev; do sleep 0.1; done"`, {
    timeoutMs: 120_000,
  });
  await to.sh('systemctl kill -s KILL virtfn-agent; systemctl stop virtfn-agent', { timeoutMs: 60_000 });
  const { state } = await moving;
  if (state === 'failed') {
    assert.equal(vm.host, from);
    await fleet.untilStatus(portId, 'ACTIVE');
    await from.sh(
      `timeout 60 bash -c "until virsh dumpxml ${vm.name} | grep -q hostdev; do sleep 0.2; done"`,
      {
        timeoutMs: 90_000,
      },
    );
    assert.equal(await hears(from, 'probe', address), true);
  }
  await to.run(['systemctl', 'start', 'virtfn-agent'], { timeoutMs: 120_000 });
  assert.equal(state, 'failed');
  await detach(portId);
});

test('pain 7: when the agent of the source dies while libvirt sends the machine, it arrives with its VF', {
  timeout: 300_000,
}, async () => {
  const portId = await attach('macvtap');
  const from = vm.host;
  const to = from === fish1 ? fish2 : fish1;
  // So slowly that it lasts until the agent is back. MiB/s
  await vm.virsh('migrate-setspeed', vm.name, '1');
  const moving = migrate(to);
  await from.sh(
    `
      timeout 90 bash -c "until virsh domjobinfo ${vm.name} | grep -q 'Outgoing migration'; do :; done"
      systemctl kill -s KILL virtfn-agent
    `,
    { timeoutMs: 120_000 },
  );
  const { state, reason } = await moving;
  assert.equal(state, 'done', JSON.stringify(reason));
  assert.equal(vm.host, to);
  assert.equal((await fleet.untilStatus(portId, 'ACTIVE'))['binding:host_id'], to.name);
  assert.equal(await hears(to, 'probe', address), true);
  await detach(portId);
});
