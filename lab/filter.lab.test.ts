import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LabFleet } from './lab-fleet.ts';
import { hears, labUnderTest, moveToNamespace } from './testing.ts';
import { LabVm, prepareHosts } from './virtual-machine/index.ts';

// Security groups of a macvtap port, in front of a real machine: what its host lets pass, and what it does not. A VF of the other
// port, on the same wire, is the rest of the world.

const lab = labUnderTest();
const host = lab.host('fish-1');
const vm = new LabVm('tetra', [host]);
const mac = '52:54:00:00:f1:01';
const address = '10.9.0.9';
const WORLD = '10.9.0.1';
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

let fleet: LabFleet;
let groupId: string;
let portId: string;

async function make<Made extends { readonly id: string }>(
  what: string,
  values: Readonly<Record<string, unknown>>,
): Promise<Made> {
  const name = what.replaceAll('-', '_');
  const answer = await fleet.ask<Record<string, Made>>(`/v2.0/${what}s`, {
    method: 'POST',
    body: JSON.stringify({ [name]: values }),
  });
  const made = answer[name];
  assert.ok(made !== undefined);
  return made;
}

const allow = async (values: Readonly<Record<string, unknown>>): Promise<string> =>
  (await make('security-group-rule', { security_group_id: groupId, direction: 'ingress', ...values })).id;

/** The agent is told of a change at once, and does it in a moment. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) assert.ok(performance.now() < deadline, `never: ${what}`);
}

const heardByWorld = (): Promise<boolean> => hears(host, 'x', address);

/** Whether the machine hears the world, from an address of its own. */
async function hearsWorld(from: string): Promise<boolean> {
  return (await vm.exec(`ping -c 1 -W 6 -I ${from} ${WORLD}`)).status === 0;
}

/** What a server of the machine answers the world; null: nothing. */
async function askServer(port: number): Promise<string | null> {
  const ask = `echo hello | ip netns exec x socat -t 3 - TCP:${address}:${port},connect-timeout=4`;
  const { status, stdout } = await host.exec(['bash', '-c', ask]);
  return status === 0 ? stdout : null;
}

const tables = (): Promise<string> => host.run(['nft', 'list', 'tables']);

before(
  async () => {
    await prepareHosts([host]);
    await vm.remove();
    fleet = await LabFleet.start({ hosts: [host], configOf: () => CONFIG, numVfs: 3 });
    await moveToNamespace(host, '/sys/bus/pci/devices/0000:02:00.0/virtfn0', { name: 'x', address: WORLD });
    await vm.create();
    await vm.giveAddress(mac, `${address}/24`);
    const network = await make('network', {
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet1',
    });
    await make('subnet', { network_id: network.id, ip_version: 4, cidr: '10.9.0.0/24', enable_dhcp: false });
    groupId = (await make('security-group', { name: 'web' })).id;
    portId = (
      await make('port', {
        network_id: network.id,
        mac_address: mac,
        fixed_ips: [{ ip_address: address }],
        security_groups: [groupId],
        'binding:vnic_type': 'macvtap',
      })
    ).id;
  },
  { timeout: 400_000 },
);
after(async () => {
  await vm.remove();
  await fleet?.stop();
  await lab.disconnect();
});

test('a macvtap port lets out what its group lets out, and in only the answers', async () => {
  const body = JSON.stringify({ vm: vm.name, hostId: null, kind: null, scope: 'live' });
  await until('its host tells of the machine', async () => {
    const { status } = await fleet.request(`/virtfn/v1/ports/${portId}/attach`, { method: 'POST', body });
    assert.ok(status === 200 || status === 404, String(status));
    return status === 200;
  });
  const port = await fleet.untilStatus(portId, 'ACTIVE');
  assert.equal(port['binding:vif_details']['port_filter'], true);
  await until('it is heard', () => hearsWorld(address));
  assert.equal(await heardByWorld(), false);
});

test('a rule that comes lets in what it says from then on, and nothing else', async () => {
  const ping = await allow({ protocol: 'icmp' });
  await until('ping is let in', heardByWorld);
  await vm.run('for port in 80 81; do nc -ll -p $port -e cat > /dev/null 2>&1 & done');
  assert.equal(await askServer(80), null);
  await allow({ protocol: 'tcp', port_range_min: 80, port_range_max: 80, remote_ip_prefix: '10.9.0.0/29' });
  await until('port 80 answers', async () => (await askServer(80)) === 'hello\n');
  assert.equal(await askServer(81), null);
  assert.equal((await fleet.request(`/v2.0/security-group-rules/${ping}`, { method: 'DELETE' })).status, 204);
  await until('ping is kept out', async () => !(await heardByWorld()));
  assert.equal(await askServer(80), 'hello\n');
});

test('the machine sends from no address but its own', async () => {
  const other = '10.9.0.77';
  await vm.run(
    `ip address add ${other}/24 dev $(basename $(dirname $(grep -l ${mac} /sys/class/net/*/address)))`,
  );
  assert.equal(await hearsWorld(other), false);
  assert.equal(await hearsWorld(address), true);
  // The world may, of course.
  await fleet.ask(`/v2.0/ports/${portId}`, {
    method: 'PUT',
    body: JSON.stringify({ port: { allowed_address_pairs: [{ ip_address: other }] } }),
  });
  await until('the other address is let out', () => hearsWorld(other));
});

test('a filter that somebody takes away is there again at once', async (context) => {
  const began = Date.now();
  await host.run(['nft', 'flush', 'ruleset']);
  await until('the filter is back', async () => (await tables()) !== '');
  const tookMs = Date.now() - began;
  context.diagnostic(`back ${tookMs} ms after nft was started`);
  assert.ok(tookMs < 15_000, 'not only when the agent looks anyway, every 30 s');
  assert.equal(await heardByWorld(), false);
  assert.equal(await hearsWorld(address), true);
});

test('a port that is taken out of its machine takes its filter along', async () => {
  await fleet.ask(`/virtfn/v1/ports/${portId}/detach`, { method: 'POST', body: '{}' });
  await until('no filter is left', async () => (await tables()) === '');
});
