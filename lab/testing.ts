import assert from 'node:assert/strict';
import { findLab, type Lab } from './lab.ts';
import type { ExecResult, LabHost } from './lab-host.ts';
import { pciAddressOf } from './topologies/index.ts';

/** The variable that names the lab for the tests: `npm run test:lab` starts it once for all of them. */
export const labVariable = 'VIRTFN_LAB';

/** Gives the lab that the run of tests has started, or, for a test run by hand, the only one that is up. */
export function labUnderTest(): Lab {
  return findLab(process.env[labVariable] ?? null);
}

/** Runs `virtfn` in a host, whatever its exit status: 0 done, 1 refused or failed, 3 partly done. */
export function virtfn(host: LabHost, ...args: readonly string[]): Promise<ExecResult> {
  // Ten times of what it takes: the machine may be busy with other things.
  return host.exec(['virtfn', ...args], { timeoutMs: 240_000 });
}

/** What a `virtfn` command that must succeed says with --json. */
export async function virtfnJson<Answer>(host: LabHost, ...args: readonly string[]): Promise<Answer> {
  const { status, stdout, stderr } = await virtfn(host, ...args, '--json');
  assert.equal(status, 0, `${stdout}${stderr}`);
  return JSON.parse(stdout) as Answer;
}

/** Writes the host.yaml of a host; nothing is done for it yet. */
export async function writeHostYaml(host: LabHost, config: string): Promise<void> {
  await host.run(['bash', '-c', 'mkdir -p /etc/virtfn && cat > /etc/virtfn/host.yaml'], { stdin: config });
}

/** Brings a host to where a host.yaml wants it, which must succeed. */
export async function applyHostYaml(host: LabHost, config: string): Promise<void> {
  await writeHostYaml(host, config);
  const { status, stdout, stderr } = await virtfn(host, 'apply');
  assert.equal(status, 0, `${stdout}${stderr}`);
}

/** Takes away all VFs, network namespaces, forwarding entries, and what virtfn knows of the host, by other means than virtfn. */
export async function resetHost(host: LabHost): Promise<void> {
  const ports = host.topology.cards.map((card) => `/sys/bus/pci/devices/${pciAddressOf(card)}`);
  await host.sh(
    `
    for name in $(ip netns list | cut -d' ' -f1); do ip netns delete "$name"; done
    rm -rf /etc/virtfn /var/lib/virtfn
    for port in ${ports.join(' ')}; do
      echo 0 > $port/sriov_numvfs &
      echo 1 > $port/sriov_drivers_autoprobe
      netdev=$(ls $port/net)
      for mac in $(bridge fdb show dev "$netdev" | grep 'self permanent' | cut -d' ' -f1); do
        # The groups that it is in are its own business.
        case $mac in 33:33:*|01:*) ;; *) bridge fdb delete "$mac" dev "$netdev" self ;; esac
      done
    done
    wait
    udevadm settle
  `,
    { timeoutMs: 120_000 },
  );
}

/** Puts a VF (the path of its device in sysfs) into a network namespace of its own, as `port0` with an address. */
export async function moveToNamespace(
  host: LabHost,
  vf: string,
  { name, address }: { readonly name: string; readonly address: string },
): Promise<void> {
  await host.sh(`
    device=$(ls ${vf}/net)
    ip netns add ${name}
    ip link set "$device" netns ${name} name port0
    ip -n ${name} address add ${address}/24 dev port0
    ip -n ${name} link set port0 up
  `);
}

/** Whether an address answers a network namespace: at once when it is to, and never in 6 s when it is not. The first frames after link-up are late. */
export async function hears(host: LabHost, from: string, address: string): Promise<boolean> {
  const ping = ['ip', 'netns', 'exec', from, 'ping', '-c', '1', '-w', '6', address];
  const { status, stdout } = await host.exec(ping);
  // With two, the answer to the first came late.
  assert.match(stdout, / [1-9]\d* received|100% packet loss/);
  return status === 0;
}
