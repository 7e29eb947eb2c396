import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client, httpTransport, type HostProgramEvent } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import { Controller, listen, OpenAuthenticator, openDatabase, Store } from '@virtfn/controller';
import {
  fishMachine,
  observeMachine,
  setVfDriver,
  VirtualClock,
  writeSriovNumvfs,
} from '@virtfn/host-simulator';
import { finding, parseHostId, parsePciAddress, parsePhysicalNetwork } from '@virtfn/model';
import type { CommandContext } from './command-context.ts';
import { runProgram } from './program.ts';

const PF = parsePciAddress('0000:82:00.0');

describe('virtfn', () => {
  let folder: string;
  let store: Store;
  let controller: Controller;
  let endpoint: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-cli-'));
    store = await Store.open({
      database: await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`),
      now: () => new Date('2026-01-02T03:04:05Z'),
    });
    controller = new Controller({
      store,
      version: '0',
      authenticator: new OpenAuthenticator(),
    });
    await controller.start();
    endpoint = await listen(controller.server, { host: '127.0.0.1', port: 0 });
    const machine = fishMachine(new VirtualClock(), parseHostId('fish'));
    const pf = machine.pf(PF);
    writeSriovNumvfs(machine, pf, 2);
    machine.clock.advance(5000);
    setVfDriver(machine, pf, machine.vf(pf, 1), 'vfio-pci');
    machine.addVfUser(pf, 1, { kind: 'vfio', process: 'qemu-system-x86', vm: 'web-1' });
    await controller.report({
      observed: observeMachine(machine),
      findings: [finding('simulated-host', 'Text.', 'Hint.')],
      physicalNetworks: new Map([[PF, [parsePhysicalNetwork('physnet1')]]]),
    });
  });
  after(async () => {
    await controller.server.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const run = async (
    args: readonly string[],
    given: {
      width?: number;
      colour?: boolean;
      endpoint?: string;
      events?: readonly HostProgramEvent[];
      env?: Readonly<Record<string, string>>;
    } = {},
  ) => {
    let out = '';
    let err = '';
    const context: CommandContext = {
      terminal: {
        out: (text) => void (out += `${text}\n`),
        err: (text) => void (err += `${text}\n`),
        width: given.width ?? null,
        colour: given.colour ?? false,
      },
      connect: (url) => new Client(httpTransport(url, { timeoutMs: 2000 })),
      connectNeutron: (url) => new NeutronClient(httpTransport(url, { timeoutMs: 2000 })),
      followEvents: () => assert.fail('not asked'),
      now: () => new Date('2026-01-02T03:04:05Z'),
      sleep: () => assert.fail('nothing to wait for'),
      runUp: async (upArgs) => upArgs.length,
      runController: async (controllerArgs) => {
        out += controllerArgs.join(' ');
        return 0;
      },
      env: given.env ?? {},
      thisHost: {
        ask: async (_, onEvent) => {
          for (const event of given.events ?? []) onEvent(event);
        },
        examine: () => assert.fail('not asked'),
        collect: () => assert.fail('not asked'),
        describeDevice: () => assert.fail('not asked'),
        enrol: () => assert.fail('not asked'),
        runAgent: async (addresses) => void (out += JSON.stringify(addresses)),
      },
      readFile: () => assert.fail('not asked'),
      hasChosenEndpoint: false,
      defaultEndpoint: given.endpoint ?? endpoint,
      exitWith: () => {},
    };
    const status = await runProgram(args, context, '1.2.3');
    return { status, out, err };
  };

  it('nic list draws hosts, PFs and VFs as a tree, and marks the simulated', async () => {
    const { status, out } = await run(['nic', 'list']);
    assert.equal(status, 0);
    assert.equal(
      out.replaceAll(/06(:[0-9a-f]{2}){5}/g, 'OWN-MAC'),
      `fish  (simulated)
  note: This host exists in memory only. Text.
    Hint.
├─ 0000:07:00.0  eth0  I350 Gigabit Network Connection [8086:1521], driver igb, 1 Gbit/s, VFs 0 of 7
├─ 0000:07:00.1  eth1  I350 Gigabit Network Connection [8086:1521], driver igb, 1 Gbit/s, VFs 0 of 7
├─ 0000:82:00.0  eth2  82576 Gigabit Network Connection [8086:10c9], driver igb, 1 Gbit/s, VFs 2 of 7, physnet1
│  ├─ VF 0  0000:82:10.0  eth4, igbvf, OWN-MAC
│  └─ VF 1  0000:82:10.2  vfio-pci, OWN-MAC, used by virtual machine web-1
└─ 0000:82:00.1  eth3  82576 Gigabit Network Connection [8086:10c9], driver igb, 1 Gbit/s, VFs 0 of 7
`,
    );
  });

  const listens: readonly {
    readonly name: string;
    readonly args: readonly string[];
    readonly env?: Record<string, string>;
    readonly want: object;
  }[] = [
    { name: 'nowhere by itself', args: [], want: { metrics: null, dashboard: null } },
    {
      name: 'where its environment says',
      args: [],
      env: { VIRTFN_METRICS_LISTEN: '192.0.2.1:9808', VIRTFN_DASHBOARD_LISTEN: '9698' },
      want: { metrics: { host: '192.0.2.1', port: 9808 }, dashboard: { host: '127.0.0.1', port: 9698 } },
    },
    {
      name: 'where its options say, whatever the environment does',
      args: ['--dashboard-listen', '[::1]:1'],
      env: { VIRTFN_METRICS_LISTEN: '', VIRTFN_DASHBOARD_LISTEN: '9698' },
      want: { metrics: null, dashboard: { host: '::1', port: 1 } },
    },
  ];
  for (const { name, args, env = {}, want } of listens)
    it(`agent run listens ${name}`, async () => {
      const { out } = await run(['agent', 'run', ...args], { env });
      assert.deepEqual(JSON.parse(out), want);
    });

  it('agent run shows the host to nobody but its own machine', async () => {
    for (const address of ['0.0.0.0:9698', '192.0.2.1:9698', '[::]:9698']) {
      const { status, err } = await run(['agent', 'run', '--dashboard-listen', address]);
      assert.equal(status, 2);
      assert.match(err, /it is not a loopback address with a port \(REQUEST_INVALID\)/);
    }
  });

  it('host show has the tree of one host, and what is known of its agent', async () => {
    const { status, out } = await run(['host', 'show', 'fish']);
    assert.equal(status, 0);
    assert.match(out, /^fish/);
    assert.match(out, /VF 1 /);
    assert.match(out, /No agent has joined from it; last report 2026-01-02T03:04:05/);
    const unknown = await run(['host', 'show', 'nobody']);
    assert.equal(unknown.status, 1);
    assert.match(unknown.err, /Cannot find host "nobody"/);
  });

  it('host list has a line a host', async () => {
    const { out } = await run(['host', 'list']);
    assert.match(
      out,
      /^HOST +STATE +KIND +PFS +VFS +IN USE +FINDINGS +LAST REPORT\nfish +alive +simulated +4 +2\/28 +1 +1 +2026-01-02T03:04:05Z\n$/,
    );
  });

  it('keeps to the width of the terminal, and to no colour in a pipe', async () => {
    const narrow = await run(['host', 'list'], { width: 30 });
    assert.ok(narrow.out.split('\n').every((line) => line.length <= 30));
    const tree = await run(['nic', 'list'], { width: 60, colour: true });
    const plain = tree.out.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '');
    assert.ok(
      plain.split('\n').every((line) => line.length <= 60),
      plain,
    );
    assert.match(plain, /note: This host exists in memory only/);
    const escape = String.fromCharCode(27);
    assert.ok(!(await run(['nic', 'list'])).out.includes(escape));
    assert.ok((await run(['nic', 'list'], { colour: true })).out.includes(escape));
  });

  it('plan shows steps and what they take away, and exits with 1 when something is refused', async () => {
    const free = await run(['plan', '--host', 'fish', '--set-vfs', '82:00.1=3']);
    assert.equal(free.status, 0);
    assert.match(
      free.out,
      /1\. turn driver probing of new VFs off.*\n +2\. set 3 VFs on PF 0000:82:00\.1 \(now 0\)/,
    );
    const held = await run(['plan', '--host', 'fish', '--set-vfs', '82:00.0=3']);
    assert.equal(held.status, 1);
    assert.match(held.out, /Refused .*VF 1 by virtual machine web-1.*\(VFS_IN_USE\)/);
  });

  it('--json prints what the API answers', async () => {
    const { out } = await run(['plan', '--host', 'fish', '--set-vfs', '82:00.0=9', '--json']);
    const { refusals } = JSON.parse(out) as { refusals: { code: string }[] };
    assert.equal(refusals[0]?.code, 'NUM_VFS_INVALID');
  });

  it('shows the same for a change that is to be made, and makes none', async () => {
    const asked = ['--host', 'fish', '--set-vfs', '82:00.1=3'];
    const plan = await run(['plan', ...asked]);
    assert.deepEqual(await run(['apply', '--dry-run', ...asked]), plan);
  });

  const failures: readonly { name: string; args: readonly string[]; status: number; err: RegExp }[] = [
    {
      name: 'a malformed PCI address',
      args: ['plan', '--host', 'fish', '--set-vfs', 'eth2=3'],
      status: 2,
      err: /"eth2" \(PCI_ADDRESS_INVALID\)\nWrite it as/,
    },
    {
      name: 'a number that is none',
      args: ['plan', '--host', 'fish', '--set-vfs', '82:00.0=x'],
      status: 2,
      err: /NUM_VFS_INVALID/,
    },
    {
      name: 'an unknown host',
      args: ['nic', 'list', '--host', 'nobody'],
      status: 1,
      err: /"nobody".*\(HOST_UNKNOWN\)/,
    },
    {
      name: 'an unknown command',
      args: ['nik'],
      status: 2,
      err: /unknown command 'nik'[^]*Did you mean nic/,
    },
    {
      name: 'half of a request',
      args: ['plan', '--host', 'fish'],
      status: 2,
      err: /--host and --set-vfs go together/,
    },
    {
      name: 'a change of a host with what is of this machine',
      args: ['apply', '--host', 'fish', '--set-vfs', '82:00.0=4', '--config', 'host.yaml'],
      status: 2,
      err: /--config and --reload-driver are of this machine/,
    },
    {
      name: 'a host whose agent is not connected',
      args: ['apply', '--host', 'fish', '--set-vfs', '82:00.0=4'],
      status: 1,
      err: /Cannot ask an agent: this controller has no port for agents \(AGENT_UNREACHABLE\)/,
    },
    { name: 'an unknown option', args: ['host', 'list', '--jsn'], status: 2, err: /Did you mean --json/ },
  ];
  for (const { name, args, status, err } of failures) {
    it(`says what is wrong with ${name}, and exits with ${status}`, async () => {
      const result = await run(args);
      assert.equal(result.status, status);
      assert.match(result.err, err);
      assert.equal(result.out, '');
    });
  }

  it('exits with 4 and says how to start it when no controller answers', async () => {
    const { status, err } = await run(['host', 'list'], { endpoint: 'http://127.0.0.1:9' });
    assert.equal(status, 4);
    assert.match(
      err,
      /Cannot reach http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED.*\(CONTROLLER_UNREACHABLE\)\nStart it with `npm start`/,
    );
  });

  it('nic list looks at this machine where no controller answers', async () => {
    const host: HostProgramEvent = {
      event: 'host',
      host: {
        hostId: 'me',
        simulated: false,
        bootId: 'b',
        reportedAt: '2026-01-02T03:04:05Z',
        physicalNetworks: {},
        findings: [],
        pfs: [],
      },
    };
    const { status, out } = await run(['nic', 'list'], { endpoint: 'http://127.0.0.1:9', events: [host] });
    assert.equal(status, 0);
    assert.equal(out, 'me\n');
  });

  it('hands its options on to the all-in-one program', async () => {
    assert.equal((await run(['up', '--listen', '127.0.0.1:1', '--simulate'])).status, 2);
  });

  for (const command of [
    ['--help'],
    ['host', 'list', '--help'],
    ['host', 'show', '--help'],
    ['nic', 'list', '--help'],
    ['plan', '--help'],
    ['up', '--help'],
    ['apply', '--help'],
    ['diff', '--help'],
    ['doctor', '--help'],
    ['watch', '--help'],
    ['nic', 'show', '--help'],
    ['pf', 'set-vfs', '--help'],
    ['vf', 'list', '--help'],
    ['vf', 'show', '--help'],
    ['vf', 'set', '--help'],
    ['vf', 'driver', '--help'],
    ['vf', 'close', '--help'],
    ['vf', 'dumpxml', '--help'],
    ['agent', 'run', '--help'],
    ['export', '--help'],
    ['import', '--help'],
    ['completion', '--help'],
    ['controller', 'run', '--help'],
    ['controller', 'check-config', '--help'],
    ['controller', 'add-user', '--help'],
    ['controller', 'backup', '--help'],
    ['controller', 'restore', '--help'],
    ['token', 'create', '--help'],
    ['token', 'list', '--help'],
    ['token', 'revoke', '--help'],
    ['network', 'list', '--help'],
    ['network', 'show', '--help'],
    ['network', 'create', '--help'],
    ['network', 'set', '--help'],
    ['network', 'delete', '--help'],
    ['subnet', 'list', '--help'],
    ['subnet', 'show', '--help'],
    ['subnet', 'create', '--help'],
    ['subnet', 'set', '--help'],
    ['subnet', 'delete', '--help'],
    ['port', 'list', '--help'],
    ['port', 'show', '--help'],
    ['port', 'create', '--help'],
    ['port', 'set', '--help'],
    ['port', 'delete', '--help'],
    ['qos', 'list', '--help'],
    ['qos', 'show', '--help'],
    ['qos', 'create', '--help'],
    ['qos', 'set', '--help'],
    ['qos', 'delete', '--help'],
    ['port', 'bind', '--help'],
    ['port', 'unbind', '--help'],
    ['port', 'explain', '--help'],
    ['qos', 'rule', 'add', '--help'],
    ['qos', 'rule', 'remove', '--help'],
    ['attachment', 'list', '--help'],
    ['attach', '--help'],
    ['detach', '--help'],
    ['migrate', '--help'],
    ['migration', 'list', '--help'],
    ['migration', 'cancel', '--help'],
    ['pf', 'list', '--help'],
    ['finding', 'list', '--help'],
    ['audit', '--help'],
    ['events', '--help'],
  ]) {
    it(`explains \`virtfn ${command.join(' ')}\`${command.length > 1 ? ' with an example' : ''}`, async () => {
      const { status, out } = await run(command);
      assert.equal(status, 0);
      assert.match(out, command.length > 1 ? /Example:\n {2}virtfn / : /Commands:/);
    });
  }
});
