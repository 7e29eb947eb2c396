import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { skipWithoutKeystone, startKeystone } from '@virtfn/controller/testing';
import { addOtherServices, runStockClient, seedHosts } from './testing/index.ts';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');
const CLIENT = '/usr/bin/openstack';
const skip =
  process.env['CI'] === 'true' || existsSync(CLIENT)
    ? skipWithoutKeystone()
    : 'needs python3-openstackclient';
const run = promisify(execFile);

/** The program with `auth`, in a folder of its own. */
async function startProgram(auth: string, env: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-openstack-'));
  const config = path.join(folder, 'controller.yaml');
  const text = `version: 1\nlisten: 127.0.0.1:0\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}\nvlanRanges: [physnet1:100:199]\nauth: ${auth}\n`;
  await writeFile(config, text);
  const command = (args: readonly string[]): readonly string[] => [PROGRAM, ...args, '--config', config];
  const ask = async (args: readonly string[], input = ''): Promise<string> => {
    const asked = run(process.execPath, command(args));
    asked.child.stdin?.end(input);
    return (await asked).stdout.trim();
  };
  const start = async () => {
    const child = spawn(process.execPath, command(['run']), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    const url = /listening on (\S+),/.exec(String(first.value))?.[1];
    assert.ok(url !== undefined, 'it listens');
    return {
      url,
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM');
        await exited;
        await rm(folder, { recursive: true });
      },
    };
  };
  const database = `sqlite:${folder}/controller.db`;
  return { ask, start, database };
}

/** Commands that must all succeed in this order, one a line; no word of theirs has a space in it. */
const COMMANDS = `
network create --provider-network-type vlan --provider-physical-network physnet1 --provider-segment 150 --tag t1 blue
network create --share red
network list --long
network list --name blue
network list --provider-network-type vlan
network show blue
network set --description sea --mtu 1400 blue
network segment list
network segment list --network blue
subnet pool create --pool-prefix 10.30.0.0/16 --default-prefix-length 24 pool
subnet pool list --long
subnet pool set --description d pool
subnet create --network blue --subnet-range 10.20.0.0/24 --dns-nameserver 10.20.0.2 --allocation-pool start=10.20.0.10,end=10.20.0.99 blue-4
subnet create --network red --subnet-pool pool red-4
subnet create --network blue --subnet-range 2001:db8::/64 --ip-version 6 --ipv6-ra-mode slaac --ipv6-address-mode slaac blue-6
subnet list --long
subnet show blue-4
subnet set --gateway 10.20.0.3 --host-route destination=10.99.0.0/16,gateway=10.20.0.4 blue-4
port create --network blue --vnic-type direct --fixed-ip subnet=blue-4,ip-address=10.20.0.50 web
port create --network blue --disable-port-security open
port list --long
port list --network blue --fixed-ip ip-address=10.20.0.50
port show web
port set --host host-1 --device-owner compute:nova --device guest web
port set --name www --description x --tag a web
port unset --host www
network qos policy create --description q gold
network qos policy list
network qos policy set --share gold
network qos rule create --type bandwidth-limit --max-kbps 100000 --egress gold
network qos rule create --type minimum-bandwidth --min-kbps 1000 --egress gold
network qos rule create --type dscp-marking --dscp-mark 26 gold
network qos rule list gold
network qos rule type list
network qos rule type show bandwidth_limit
port create --network red --qos-policy gold rated
network qos policy show gold
network agent list
network agent list --host host-1 --long
extension list --network
extension show binding-extended
ip availability list
ip availability show blue
security group create --description s wall
security group rule create --protocol tcp --dst-port 22:23 --remote-ip 10.0.0.0/8 wall
security group rule list wall
security group list
security group show wall
port set --security-group wall www
network rbac list
address scope create --ip-version 4 scope
address scope list
address group create --address 10.1.0.0/24 group
address group list
network flavor list
network flavor profile list
network service provider list
availability zone list --network
port delete www rated open
network qos policy delete gold
subnet delete red-4 blue-6 blue-4
network delete blue red
subnet pool delete pool
security group delete wall
address scope delete scope
address group delete group
network list
`;
/** These ask Keystone for the projects: without one the client does not get as far as to ask for quotas. */
const QUOTA_COMMANDS = `
quota show
quota show --default
quota set --networks 5 --ports 7 demo
quota show demo
quota list --network
quota list --network --project demo
quota list --network --detail --project demo
`;
const commandsOf = (lines: string): readonly (readonly string[])[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => line.split(' '));

async function assertAllSucceed(options: readonly string[], lines: string): Promise<void> {
  const failed = (await runStockClient(options, commandsOf(lines))).filter(({ status }) => status !== 0);
  assert.deepEqual(failed, []);
}

/** What the client prints as JSON. Nothing of this machine's own configuration is used. */
async function openstack(args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(CLIENT, [...args, '--format', 'json'], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
  return JSON.parse(stdout);
}

describe('the stock openstack client', { skip }, () => {
  it('does all that it knows of networks without authentication', async () => {
    const program = await startProgram('{ kind: none }');
    await seedHosts(program.database, ['host-1'], 4);
    await using controller = await program.start();
    await assertAllSucceed(['--os-auth-type', 'none', '--os-endpoint', controller.url], COMMANDS);
  });

  it('does all that it knows of networks with a password', async () => {
    const program = await startProgram('{ kind: http_basic }');
    await seedHosts(program.database, ['host-1'], 4);
    await program.ask(['add-user', 'ada', '--role', 'admin'], 'correct horse');
    await using controller = await program.start();
    const ada = ['--os-auth-type', 'http_basic', '--os-username', 'ada', '--os-password', 'correct horse'];
    await assertAllSucceed([...ada, '--os-endpoint', controller.url], COMMANDS);
  });

  it('makes and lists networks by password and by token', async () => {
    const program = await startProgram('{ kind: http_basic }');
    await program.ask(['add-user', 'ada', '--role', 'admin'], 'correct horse');
    const token = await program.ask(['create-token', 'reader', '--role', 'reader']);
    await using controller = await program.start();
    const ada = ['--os-auth-type', 'http_basic', '--os-username', 'ada', '--os-endpoint', controller.url];
    const made = (await openstack([
      ...ada,
      '--os-password',
      'correct horse',
      'network',
      'create',
      'blue',
    ])) as { readonly name: string };
    assert.equal(made.name, 'blue');
    const reader = ['--os-auth-type', 'admin_token', '--os-token', token, '--os-endpoint', controller.url];
    const seen = (await openstack([...reader, 'network', 'list'])) as readonly { readonly Name: string }[];
    assert.deepEqual(
      seen.map(({ Name }) => Name),
      ['blue'],
    );
    await assert.rejects(openstack([...reader, 'network', 'create', 'red']), /403/);
    await assert.rejects(openstack([...ada, '--os-password', 'wrong', 'network', 'list']), /401/);
  });

  // Some twenty programs in Python, each of which starts for a second and more.
  it('is known by the token that Keystone gives it, and sees what its project may', {
    timeout: 240_000,
  }, async () => {
    await using keystone = await startKeystone();
    const { url, service, admin, member } = keystone;
    const program = await startProgram(`{ kind: keystone, url: "${url}" }`, {
      VIRTFN_AUTH_PASSWORD: service.password,
    });
    await seedHosts(program.database, ['host-1'], 4);
    await using controller = await program.start();
    await keystone.addEndpoint('network', controller.url);
    const domain = ['--os-user-domain-id', 'default', '--os-project-domain-id', 'default'];
    const as = ({ name, password, projectName }: typeof admin): readonly string[] =>
      ['--os-auth-url', url, '--os-username', name, '--os-password', password].concat(domain, [
        '--os-project-name',
        projectName,
      ]);
    await assertAllSucceed(as(admin), COMMANDS);
    await using others = new AsyncDisposableStack();
    others.use(await addOtherServices(keystone));
    await assertAllSucceed(as(admin), QUOTA_COMMANDS);
    const limits = (await openstack([...as(admin), 'quota', 'show', 'demo'])) as Readonly<
      Record<string, unknown>
    >;
    assert.deepEqual([limits['networks'], limits['ports'], limits['subnets']], [5, 7, 100]);
    await openstack([...as(admin), 'network', 'create', 'mine']);
    await openstack([...as(admin), 'network', 'create', '--share', 'ours']);
    const seen = (await openstack([...as(member), 'network', 'list'])) as readonly {
      readonly Name: string;
    }[];
    assert.deepEqual(
      seen.map(({ Name }) => Name),
      ['ours'],
    );
  });
});
