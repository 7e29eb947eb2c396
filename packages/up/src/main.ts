// Controller, the agent of this machine and, where there is no SR-IOV card, two simulated hosts: one process.
// Only wires them together; must never decide anything that the parts do not know.
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Agent, systemClock } from '@virtfn/agent';
import { parseLoopbackAddress } from '@virtfn/contract';
import { Controller, listen, OpenAuthenticator, openDatabase, Store } from '@virtfn/controller';
import { openAuthority } from '@virtfn/controller/agent-link';
import { gatherFacts, LinuxHostReader, openLinuxHost, runDoctor } from '@virtfn/host-linux';
import { type Finding, parsePhysicalNetwork, parseVlanRanges, toSriovError } from '@virtfn/model';
import { usualWebFiles } from '@virtfn/web-files';
import packageJson from '../package.json' with { type: 'json' };
import { type SimulatedHosts, startSimulatedHosts } from './simulated-hosts/index.ts';
import { stateFolder } from './state-folder.ts';

const SIMULATED_HOSTS = [
  { name: 'sim-fish-1', machines: ['web1', 'db1'] },
  { name: 'sim-fish-2', machines: ['web2', 'db2'] },
];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function up(): Promise<void> {
  const { values } = parseArgs({
    options: {
      listen: { type: 'string' },
      'agent-listen': { type: 'string' },
      'state-dir': { type: 'string' },
      simulate: { type: 'boolean', default: false },
    },
  });
  const address = parseLoopbackAddress(values.listen ?? process.env['VIRTFN_LISTEN'] ?? '127.0.0.1:9696');
  const folder = stateFolder(values['state-dir'], {
    env: process.env,
    isRoot: process.getuid?.() === 0,
    home: os.homedir(),
  });
  say(`virtfn ${packageJson.version}`);
  const store = await Store.open({
    database: await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`),
    now: () => new Date(),
  });
  const controller = new Controller({
    store,
    version: packageJson.version,
    authenticator: new OpenAuthenticator(),
    webFiles: usualWebFiles(),
    settings: {
      vlanRanges: parseVlanRanges(
        'physnet1:100:1999,physnet2:2000:3999,physnet3:100:1999',
        parsePhysicalNetwork,
      ),
    },
  });
  await controller.start();
  controller.housekeeping.start();
  const link = await controller.listenForAgents({
    authority: await openAuthority(folder, new Date()),
    address: parseLoopbackAddress(values['agent-listen'] ?? '127.0.0.1:9697'),
  });
  const url = await listen(controller.server, address);
  say(`  state in ${folder}`);

  const complain = (line: string): void => void process.stderr.write(`agent: ${line}\n`);
  // Elsewhere than on Linux there is nothing to speak netlink to; sysfs is simply not there.
  const reader = process.platform === 'linux' ? openLinuxHost(systemClock) : new LinuxHostReader();
  const findingsNow = (): readonly Finding[] => runDoctor(gatherFacts('/'));
  const agent = new Agent({
    report: (report) => controller.report(report),
    onError: ({ message }) => complain(message),
    host: reader,
    keeper: null,
    clock: systemClock,
    findings: findingsNow,
  });
  const { pfs } = await reader.observe();
  say(`  host ${reader.hostId}: this machine, ${pfs.length === 0 ? 'no SR-IOV card' : `${pfs.length} PFs`}`);
  for (const found of findingsNow())
    say(`    ${found.severity}: ${found.title}. ${found.text}\n    ${found.hint}`);
  agent.start();

  let simulated: SimulatedHosts | null = null;
  if (pfs.length === 0 || values.simulate) {
    simulated = await startSimulatedHosts(SIMULATED_HOSTS, {
      url: link.url,
      invite: (hostId) => controller.invite(hostId),
      folder: path.join(folder, 'simulated'),
      log: (line) => say(`    ${line}`),
    });
    for (const { name, machines } of SIMULATED_HOSTS)
      say(
        `  host ${name}: simulated, an I350 (physnet2), an 82576 (physnet1) with 7 VFs on each of its two ports, an E810 (physnet3) with 16, and the virtual machines ${machines.join(', ')}`,
      );
  }

  say(
    `\nListening on ${url}\nDashboard at ${url}/ui/\n\nTry next, in another terminal:\n  ./virtfn nic list\n  ./virtfn plan --host sim-fish-1 --set-vfs 0000:82:00.1=4\n  curl ${url}/virtfn/v1/hosts\n  openstack --os-auth-type none --os-endpoint ${url} network list\n\nCtrl-C stops it.`,
  );

  const stop = async (): Promise<void> => {
    await Promise.all([agent.stop(), simulated?.stop()]);
    await controller.server.close();
    await link.close();
    await controller.housekeeping.stop();
    controller.fleet.stop();
    await store.close();
  };
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  await stop();
}

try {
  await up();
} catch (thrown) {
  const error = toSriovError(thrown);
  process.stderr.write(`error: ${error.message} (${error.code})\n${error.hint}\n`);
  process.exitCode = error.code.endsWith('_INVALID') ? 2 : 1;
}
