import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerRequest, MemoryJournal, MemoryOwnPorts, NO_FLEET, OneTimeKeeper } from '@virtfn/agent';
import { parseHostConfig } from '@virtfn/contract/host-config';
import {
  fishMachine,
  setVfSetting,
  SimulatedHost,
  SimulatedHypervisor,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import { parseHostId, parsePciAddress, SriovError } from '@virtfn/model';
import type { CommandContext } from './command-context.ts';
import { runProgram } from './program.ts';

const PF = parsePciAddress('0000:82:00.0');

class ClosableJournal extends MemoryJournal {
  async close(): Promise<void> {}
}

/** The command line on a simulated machine, with everything in between that a real one has. */
function openRig(text: string | null = null) {
  const machine = fishMachine(new VirtualClock(), parseHostId('fish'));
  const host = new SimulatedHost(machine);
  const journal = new ClosableJournal();
  const hypervisor = new SimulatedHypervisor(machine);
  const ownPorts = new MemoryOwnPorts();
  const file = { text };
  const stop = new AbortController();
  const run = async (
    line: string,
    given: { width?: number; findings?: object[]; onOut?: (text: string) => void } = {},
  ) => {
    let out = '';
    let err = '';
    const context: CommandContext = {
      terminal: {
        out: (each) => {
          out += `${each}\n`;
          given.onOut?.(each);
        },
        err: (each) => void (err += `${each}\n`),
        width: given.width ?? null,
        colour: false,
      },
      connect: () => assert.fail('no controller'),
      connectNeutron: () => assert.fail('no controller'),
      followEvents: () => assert.fail('no controller'),
      now: () => new Date('2026-01-02T03:04:05Z'),
      sleep: () => assert.fail('nothing to wait for'),
      runUp: () => assert.fail('not asked'),
      runController: () => assert.fail('not asked'),
      env: {},
      thisHost: {
        ask: (request, emit) =>
          answerRequest(request, {
            host,
            keeper: new OneTimeKeeper({
              host,
              openJournal: async () => journal,
              readClaims: async () => journal.claims(),
            }),
            now: () => new Date('2026-01-02T03:04:05Z'),
            findings: async () => [],
            fleet: NO_FLEET,
            machines: { hypervisor, ownPorts },
            filterKeeper: null,
            clock: machine.clock,
            newUuid: randomUUID,
            onDomainStep: () => {},
            onStep: () => {},
            openConfig: (name) => ({
              name: name ?? '/etc/virtfn/host.yaml',
              read: async () => file.text,
              write: async (next) => void (file.text = next),
              parse: async (each) => parseHostConfig(each, 'host.yaml'),
            }),
            emit,
            signal: stop.signal,
          }),
        examine: async (root) => {
          assert.equal(root, '/snapshot');
          return (given.findings ?? []) as never;
        },
        collect: async (_, folder) => ({ files: 3, leftOut: [`${folder}: a password`] }),
        describeDevice: async (name) => `<device><name>${name}</name></device>\n`,
        enrol: async (url, token, hostId) => ({ url: `${url}#${token}`, hostId: hostId ?? 'fish' }),
        runAgent: () => Promise.reject(new SriovError('JOURNAL_LOCKED', 'Cannot keep this host')),
      },
      readFile: async () => '[Match]\nOriginalName=eth2\n[Link]\nSR-IOVVirtualFunctions=3\n',
      defaultEndpoint: 'http://127.0.0.1:9',
      hasChosenEndpoint: false,
      exitWith: () => {},
    };
    const status = await runProgram(
      line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [],
      context,
      '1',
    );
    return { status, out, err };
  };
  return { machine, hypervisor, journal, file, stop, run };
}

describe('virtfn on one machine', () => {
  it('pf set-vfs sets VFs, writes host.yaml, and has nothing to do the second time', async () => {
    const { machine, file, run } = openRig();
    const first = await run('pf set-vfs eth2 2');
    assert.equal(first.status, 0);
    assert.match(
      first.out,
      /^done {4}turn driver probing[^]*done {4}set 2 VFs on PF 0000:82:00\.0 \(now 0\)\n[^]*Wrote \/etc\/virtfn\/host\.yaml\n$/,
    );
    assert.equal(machine.pf(PF).numVfs, 2);
    assert.match(file.text ?? '', /numVfs: 2/);
    assert.equal((await run('pf set-vfs eth2 2')).out, 'Nothing to do: the host is as it shall be.\n');
  });

  it('pf set-vfs --dry-run shows the file and the steps, and changes neither', async () => {
    const { machine, file, run } = openRig(
      'version: 1\npfs:\n  - match: { netdevName: eth2 }\n    numVfs: 4\n',
    );
    const before = file.text;
    const { status, out } = await run('pf set-vfs eth2 7 --dry-run');
    assert.equal(status, 0);
    assert.match(
      out,
      /^Would write \/etc\/virtfn\/host\.yaml\n[^]* {2}- {5}numVfs: 4\n {2}\+ {5}numVfs: 7\n[^]*Steps\n/,
    );
    assert.equal(file.text, before);
    assert.equal(machine.pf(PF).numVfs, 0);
  });

  it('vm list shows the others when libvirt does not show one machine, and says so', async () => {
    const { hypervisor, run } = openRig('version: 1\npfs: []\n');
    hypervisor.define('web1');
    hypervisor.setReadable(hypervisor.define('web2'), false);
    const { status, out, err } = await run('vm list');
    assert.equal(status, 3);
    assert.match(out, /^web1 +shut-off +- /m);
    assert.match(out, /^web2 +not shown +- /m);
    assert.match(err, /cannot format the domain" \(HYPERVISOR_REFUSED\)\n\S/);
    const json = await run('vm list --json');
    assert.equal(json.status, 3);
    const { machines } = JSON.parse(json.out) as { machines: readonly { unread: { code: string } | null }[] };
    assert.deepEqual(
      machines.map(({ unread }) => unread?.code ?? null),
      [null, 'HYPERVISOR_REFUSED'],
    );
  });

  it('attach gives a machine a port, vm list shows it, vf release explains before it acts, detach takes it out', async () => {
    const { machine, hypervisor, run } = openRig(
      'version: 1\npfs:\n  - match: { netdevName: eth2 }\n    numVfs: 2\n    physicalNetworks: [physnet1]\n',
    );
    assert.equal((await run('apply')).status, 0);
    const vm = hypervisor.define('web1');
    hypervisor.start(vm);
    const mac = '52:54:00:aa:00:01';
    const line = `attach web1 --network physnet1 --vlan 100 --mac ${mac}`;
    const planned = await run(`${line} --dry-run`);
    assert.match(planned.out, /^Would\n[^]*plug VF 0000:82:10\.0 with MAC 52:54:00:aa:00:01 into VM web1\n/);
    assert.equal(machine.pf(PF).vfs[0]?.settings.adminMac, null);
    const done = await run(line);
    assert.equal(done.status, 0, done.err);
    assert.match(
      done.out,
      /done {4}plug VF[^]*Attached direct port 52:54:00:aa:00:01 in physnet1 VLAN 100 on VF 0/,
    );
    assert.match(
      (await run('vm list')).out,
      /web1 +running +vf +0000:82:10\.0 +52:54:00:aa:00:01 +100 +both +own-/,
    );

    const explained = await run('vf release eth2 0');
    assert.match(explained.out, /^VF 0 of PF 0000:82:00\.0 belongs to attachment own-\S+; it is used by/);
    assert.equal(machine.pf(PF).vfs[0]?.settings.adminMac, mac, 'nothing was done');
    assert.match((await run('vf release eth2 1')).out, /it is free/);
    assert.equal((await run('vf release eth2 1 --yes')).status, 1);
    assert.match((await run('vf release eth2 0 --yes')).out, /Detached direct port/);
    assert.equal(machine.pf(PF).vfs[0]?.settings.adminMac, null);

    await run(line);
    assert.match((await run('detach web1')).out, /Detached direct port 52:54:00:aa:00:01/);
    const { status, err } = await run('detach web1');
    assert.equal(status, 1);
    assert.match(err, /virtfn has attached none to it \(ATTACHMENT_UNKNOWN\)/);
  });

  it('pain 2: pf set-vfs is refused at once while a virtual machine has a VF, and names it', async () => {
    const { machine, file, run } = openRig();
    await run('pf set-vfs eth2 2');
    await run('vf driver eth2 1 vfio-pci');
    machine.addVfUser(machine.pf(PF), 1, { kind: 'vfio', process: 'qemu', vm: 'web-1' });
    const before = file.text;
    for (const line of ['pf set-vfs eth2 0', 'pf set-vfs eth2 0 --evict "virtual machine web-1"']) {
      const { status, err } = await run(line);
      assert.equal(status, 1);
      assert.match(
        err,
        /Cannot set 0 VFs on PF 0000:82:00\.0: in use .*virtual machine web-1.*\(VFS_IN_USE\)/,
      );
    }
    assert.equal(machine.pf(PF).numVfs, 2);
    assert.equal(file.text, before);
  });

  it('vf set gives a VF its attributes, vf list and vf show show them, vf close takes them away', async () => {
    const { run } = openRig();
    await run('pf set-vfs eth2 2');
    const set = await run(
      'vf set eth2 1 --mac 52:54:00:00:00:07 --vlan 100 --qos 3 --spoof-check off --trust on --max-tx-rate 500',
    );
    assert.equal(set.status, 0, set.err);
    const { out } = await run('vf list 82:00.0');
    assert.match(
      out,
      /^PF +VF +PCI ADDRESS +DRIVER +NETDEV +MAC +VLAN +SPOOF +TRUST +LINK +MBIT\/S +OWNER\n/,
    );
    assert.match(
      out,
      /eth2 +1 +0000:82:10\.2 +igbvf +\S+ +52:54:00:00:00:07 +100 qos 3 +off +on +auto +0-500 +host\.0000-82-00\.0\.1\n$/,
    );
    const shown = await run('vf show eth2 1');
    assert.match(shown.out, /VLAN +100 qos 3\nspoof check +off\ntrust +on\n/);
    assert.match(shown.out, /closed +no: its link is open, MAC 52:54:00:00:00:07, VLAN 100, trust, rates\n$/);
    const json = JSON.parse((await run('vf show eth2 1 --json')).out) as {
      settings: { maxTxRateMbps: number };
    };
    assert.equal(json.settings.maxTxRateMbps, 500);
    assert.equal((await run('vf set eth2 1 --vlan none --trust off')).status, 0);
    assert.match((await run('vf show eth2 1')).out, /VLAN +none\nspoof check +off\ntrust +off\n/);
    assert.equal((await run('vf close eth2 1')).status, 0);
    assert.match((await run('vf show eth2 1')).out, /owner +nobody\nclosed +yes\n$/);
  });

  it('vf set on VFs that somebody made by hand takes nothing from the others', async () => {
    const { machine, run } = openRig();
    const pf = machine.pf(PF);
    writeSriovNumvfs(machine, pf, 3);
    machine.clock.advance(5000);
    setVfSetting(machine, pf, machine.vf(pf, 2), { attribute: 'trust', value: true });
    const { status, err } = await run('vf set eth2 0 --vlan 7');
    assert.equal(status, 0, err);
    assert.equal(machine.vf(pf, 0).settings.vlan?.id, 7);
    assert.equal(machine.vf(pf, 1).driver, 'igbvf');
    assert.equal(machine.vf(pf, 2).settings.trust, true);
  });

  it('nic show tells of a PF, what its driver can, and its VFs', async () => {
    const { run } = openRig();
    await run('pf set-vfs eth2 1');
    const { out } = await run('nic show eth2');
    assert.match(out, /^card +Intel Corporation 82576 Gigabit Network Connection \[8086:10c9\]\n/);
    assert.match(out, /VFs +1 of 7\n[^]*can linkState +no\n[^]*\n\nPF +VF +PCI/);
  });

  it('apply has the VFs of a PF reach the MACs of host.yaml, which nic show, diff and plan tell of', async () => {
    const [mine, refused] = ['52:54:00:bb:00:01', '52:54:00:00:00:07'];
    const { machine, file, run } = openRig(`version: 1
pfs:
  - match: { netdevName: eth2 }
    numVfs: 2
    localMacs: ["${mine}", "${refused}"]
    vfs: [{ index: 1, mac: "${refused}" }]
`);
    const { status, out } = await run('apply');
    assert.equal(status, 3, 'partly done');
    assert.match(out, new RegExp(`done {4}let the VFs of PF 0000:82:00.0 reach ${mine} on this host\\n`));
    assert.match(out, /VF 1 of the PF has this MAC \(MAC_IN_USE\)\n/);
    assert.deepEqual(machine.pf(PF).fdb, [mine]);
    assert.match((await run('nic show eth2')).out, new RegExp(`reached by VFs +its own MAC, ${mine}\\n`));
    assert.match((await run('diff')).out, new RegExp(`localMacs +${refused} +none +.*MAC_IN_USE`));
    file.text = 'version: 1\npfs:\n  - match: { netdevName: eth2 }\n    numVfs: 2\n';
    assert.match((await run('plan')).out, new RegExp(`take ${mine} out of the forwarding database`));
  });

  it('diff shows what differs and exits with 1', async () => {
    const { machine, run } = openRig('version: 1\npfs:\n  - match: { netdevName: eth2 }\n    numVfs: 2\n');
    assert.equal((await run('apply')).status, 0);
    assert.deepEqual(await run('diff'), {
      status: 0,
      out: 'Nothing differs: the host is as it shall be.\n',
      err: '',
    });
    machine.pf(PF).adminUp = false;
    const { status, out } = await run('diff');
    assert.equal(status, 1);
    assert.match(out, /0000:82:00\.0 +- +adminUp +up +down +-\n$/);
  });

  it('apply exits with 3 when some of it cannot be had, and says what', async () => {
    const { run } = openRig(
      'version: 1\npfs:\n  - match: { netdevName: eth2 }\n    numVfs: 2\n    vfs: [{ index: 0, linkState: disable }]\n',
    );
    const { status, out } = await run('apply');
    assert.equal(status, 3);
    assert.match(
      out,
      /Refused Cannot set linkState on VF 0 of PF 0000:82:00\.0: .*\(ATTRIBUTE_UNSUPPORTED\)\n {2}\S/,
    );
    assert.equal((await run('apply')).status, 1);
  });

  it('watch shows VFs whenever they change', async () => {
    const { machine, stop, run } = openRig();
    await run('pf set-vfs eth2 1');
    let pictures = 0;
    const { out } = await run('watch eth2', {
      onOut: () => {
        pictures += 1;
        if (pictures === 2) return stop.abort();
        const pf = machine.pf(PF);
        setVfSetting(machine, pf, machine.vf(pf, 0), { attribute: 'trust', value: true });
      },
    });
    assert.equal(pictures, 2);
    assert.match(out, /^fish {2}2026-01-02T03:04:05Z\nPF +VF/);
  });

  it('export prints what runs as a host.yaml that has nothing to do, or says what a format has no word for', async () => {
    const { file, run } = openRig();
    await run('pf set-vfs eth2 2');
    await run('vf set eth2 1 --vlan 100 --trust on');
    const { out, err } = await run('export eth2');
    assert.equal(err, '');
    file.text = out;
    assert.equal((await run('apply')).out, 'Nothing to do: the host is as it shall be.\n');
    const netplan = await run('export --format netplan');
    assert.match(netplan.out, /virtual-function-count: 2/);
    assert.equal(netplan.err, 'note: netplan has no word for the trust of VF 1 of eth2\n');
  });

  it('import prints the host.yaml of another program’s file', async () => {
    const { run } = openRig();
    const { status, out } = await run('import --format systemd 10-eth2.link');
    assert.equal(status, 0);
    assert.match(out, /numVfs: 3/);
  });

  it('vf dumpxml prints the document of the VF', async () => {
    const { run } = openRig();
    await run('pf set-vfs eth2 2');
    assert.equal((await run('vf dumpxml eth2 1')).out, '<device><name>0000:82:10.2</name></device>\n');
  });

  it('doctor names each finding with what to do, and exits with 1 for a critical one', async () => {
    const { run } = openRig();
    const found = {
      code: 'x',
      title: 'No IOMMU',
      severity: 'critical',
      text: 'Text.',
      hint: 'Boot with it.',
      pf: null,
    };
    const { status, out } = await run('doctor --root /snapshot', { findings: [found] });
    assert.equal(status, 1);
    assert.equal(out, 'critical: No IOMMU\n  Text.\n  → Boot with it.\n');
    const healthy = await run('doctor --root /snapshot');
    assert.deepEqual(healthy, { status: 0, out: 'Nothing found that stands in the way.\n', err: '' });
    assert.equal((await run('doctor --collect x')).out, 'Copied 3 files to x\n  left out: x: a password\n');
  });

  it('agent run says why it cannot keep the host', async () => {
    const { status, err } = await openRig().run('agent run');
    assert.equal(status, 1);
    assert.match(err, /Cannot keep this host \(JOURNAL_LOCKED\)/);
  });

  const failures: readonly { line: string; status: number; err: RegExp }[] = [
    {
      line: 'plan',
      status: 1,
      err: /there is no \/etc\/virtfn\/host\.yaml \(DESIRED_STATE_MISSING\)\n.*pf set-vfs/,
    },
    {
      line: 'pf set-vfs eth9 1',
      status: 1,
      err: /Cannot find PF "eth9" on host fish.*eth2 \(0000:82:00\.0\).*PF_UNKNOWN/,
    },
    { line: 'pf set-vfs eth2 x', status: 2, err: /"x" VFs.*NUM_VFS_INVALID/ },
    { line: 'pf set-vfs eth2 8', status: 2, err: /Cannot set 8 VFs.*at most 7.*NUM_VFS_INVALID/ },
    { line: 'vf set eth2 0 --mac 01:00:5e:00:00:01', status: 2, err: /MAC_ADDRESS_INVALID/ },
    { line: 'vf set eth2 0 --vlan 4095', status: 2, err: /VLAN_INVALID/ },
    { line: 'vf set eth2 0 --qos 3', status: 2, err: /--vlan says of which.*VLAN_INVALID/ },
    { line: 'vf set eth2 0 --trust maybe', status: 2, err: /Allowed choices are on, off/ },
    { line: 'vf set eth2 0', status: 2, err: /no attribute is given.*REQUEST_INVALID/ },
    { line: 'vf set eth2 0 --max-tx-rate -1', status: 2, err: /RATE_INVALID/ },
    { line: 'vf show eth2 0', status: 2, err: /no VFs are enabled.*VF_INDEX_INVALID/ },
    { line: 'vf show eth2', status: 2, err: /missing required argument 'vf'/ },
  ];
  for (const { line, status, err } of failures) {
    it(`says what is wrong with \`virtfn ${line}\`, and exits with ${status}`, async () => {
      const result = await openRig().run(line);
      assert.match(result.err, err);
      assert.equal(result.status, status);
      assert.equal(result.out, '');
    });
  }
});
