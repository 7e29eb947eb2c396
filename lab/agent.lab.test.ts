import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { labUnderTest, resetHost, virtfn, virtfnJson, writeHostYaml } from './testing.ts';

// The agent as a service of systemd, with the unit that is shipped; and what is left when it is killed at any step.

const lab = labUnderTest();
const host = lab.host('fish-1');
const unit = readFileSync(
  path.join(import.meta.dirname, '../packaging/systemd/virtfn-agent.service'),
  'utf8',
);
const CONFIG = `
version: 1
pfs:
  - match: { pciAddress: "0000:01:00.0" }
    numVfs: 4
    vfs:
      - { index: 0, mac: "52:54:00:00:aa:00", vlan: 100 }
      - { index: 2, driver: vfio-pci, mac: "52:54:00:00:aa:02", trust: true, spoofCheck: false }
`;

/** What the kernel shows of the VFs that CONFIG speaks of. */
async function assertAsWanted(): Promise<void> {
  const shown = await host.run(['ip', 'link', 'show', 'enp1s0']);
  assert.match(shown, /vf 0 .*52:54:00:00:aa:00.*vlan 100, spoof checking on.*trust off/);
  assert.match(shown, /vf 2 .*52:54:00:00:aa:02.*spoof checking off.*trust on/);
  const drivers = await host.sh(
    'for n in 0 1 2 3; do basename "$(readlink /sys/bus/pci/devices/0000:01:00.0/virtfn$n/driver)"; done',
  );
  assert.deepEqual(drivers.split('\n').slice(0, 4), ['igbvf', '', 'vfio-pci', '']);
}

/** No VFs, and nobody knows of any. */
async function forget(): Promise<void> {
  await host.sh('echo 0 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs; rm -rf /var/lib/virtfn', {
    timeoutMs: 60_000,
  });
}

/** Waits until a line is in the agent's log, for at most a minute. */
async function logged(pattern: string): Promise<void> {
  await host.sh(`timeout 60 grep -qm1 '${pattern}' <(journalctl -b -u virtfn-agent -f -n 1000 -o cat)`, {
    timeoutMs: 90_000,
  });
}

before(async () => {
  await resetHost(host);
  await host.sh(
    'ln -sf /usr/local/bin/virtfn /usr/bin/virtfn; cat > /etc/systemd/system/virtfn-agent.service',
    {
      stdin: unit,
    },
  );
  await host.run(['systemctl', 'daemon-reload']);
});
after(async () => {
  await host.sh(
    'systemctl disable --now virtfn-agent; systemctl disable libvirtd.service; rm /etc/systemd/system/virtfn-agent.service; systemctl daemon-reload',
    { timeoutMs: 120_000 },
  );
  await resetHost(host);
  await lab.disconnect();
});

test('virtfn apply, killed at any step, leaves what the next one brings to its end', {
  timeout: 900_000,
}, async () => {
  await writeHostYaml(host, CONFIG);
  let killed = 0;
  for (let step = 1; ; step += 1) {
    assert.ok(step < 40, 'it comes to an end');
    const run = await host.exec(['env', `VIRTFN_TEST_KILL_AT_STEP=${step}`, 'virtfn', 'apply'], {
      timeoutMs: 240_000,
    });
    if (run.status === 0) break;
    assert.equal(run.status, 137, `${run.stdout}${run.stderr}`);
    killed += 1;
    const { status, stdout, stderr } = await virtfn(host, 'apply');
    assert.equal(status, 0, `killed at step ${step}: ${stdout}${stderr}`);
    await assertAsWanted();
    const journal = await host.sh('cat /var/lib/virtfn/agent/journal.jsonl');
    assert.equal(new Set(journal.match(/host\.0000-01-00\.0\.\d/g)).size, 2, journal);
    await forget();
  }
  assert.match((await virtfn(host, 'plan')).stdout, /^Nothing to do/);
  await assertAsWanted();
  assert.ok(killed >= 9, `only ${killed} steps`);
});

test('the service is ready once the host is as it shall be, and says so', async () => {
  await forget();
  await writeHostYaml(host, CONFIG);
  await host.run(['systemctl', 'start', 'virtfn-agent'], { timeoutMs: 150_000 });
  await assertAsWanted();
  assert.match(await host.run(['systemctl', 'show', '-P', 'StatusText', 'virtfn-agent']), /as it shall be/);
});

test('commands go through the service, and it takes its orders from no other user', async () => {
  const { drift } = await virtfnJson<{ readonly drift: readonly unknown[] }>(host, 'diff');
  assert.deepEqual(drift, []);
  const asNobody = await host.exec(['setpriv', '--reuid=65534', '--clear-groups', 'virtfn', 'apply'], {
    timeoutMs: 120_000,
  });
  assert.equal(asNobody.status, 1);
  assert.match(asNobody.stderr, /PERMISSION_DENIED/);
});

test('the service sets right what somebody changes behind its back', async () => {
  await host.run(['ip', 'link', 'set', 'enp1s0', 'vf', '0', 'vlan', '0']);
  await host.sh(
    'for i in $(seq 100); do ip link show enp1s0 | grep -q "vf 0 .*vlan 100" && exit; sleep 0.3; done; exit 1',
    { timeoutMs: 60_000 },
  );
  await assertAsWanted();
});

test('the service is started again when it is killed, and does not disturb what is right', async () => {
  const pid = async (): Promise<string> =>
    (await host.run(['systemctl', 'show', '-P', 'MainPID', 'virtfn-agent'])).trim();
  const first = await pid();
  await host.run(['systemctl', 'kill', '--signal=KILL', '--kill-whom=main', 'virtfn-agent']);
  await host.sh(
    `for i in $(seq 200); do [ "$(systemctl show -P MainPID virtfn-agent)" != ${first} ] && systemctl is-active -q virtfn-agent && exit; sleep 0.3; done; exit 1`,
    { timeoutMs: 120_000 },
  );
  assert.notEqual(await pid(), first);
  await assertAsWanted();
});

test('after a reboot the same VFs with the same attributes are there before libvirt starts', async () => {
  await host.run(['systemctl', 'enable', 'virtfn-agent', 'libvirtd.service'], { timeoutMs: 60_000 });
  await host.reboot();
  await logged('the host is as it shall be');
  await host.sh('for i in $(seq 200); do systemctl is-active -q libvirtd && exit; sleep 0.3; done; exit 1', {
    timeoutMs: 120_000,
  });
  await assertAsWanted();
  const ready = await host.run(['systemctl', 'show', '-P', 'ActiveEnterTimestampMonotonic', 'virtfn-agent']);
  const libvirt = await host.run(['systemctl', 'show', '-P', 'ExecMainStartTimestampMonotonic', 'libvirtd']);
  assert.ok(
    Number(ready) > 0 && Number(ready) < Number(libvirt),
    `agent ready at ${ready}, libvirtd started at ${libvirt}`,
  );
  assert.match((await virtfn(host, 'plan')).stdout, /^Nothing to do/);
});
