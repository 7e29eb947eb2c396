import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import { type HostProgramEvent, type HostRequest } from '@virtfn/contract';
import { AGENT_REQUESTS_PATH, askAgent, Client, httpTransport } from '@virtfn/contract/client';
import { AgentLinkServer } from '@virtfn/controller/agent-link';
import {
  AgentSessions,
  CertificateAuthority,
  createAuthorityPems,
  makeEnrolmentToken,
} from '@virtfn/controller/agents';
import { runPromtool, skipWithoutPromtool } from '@virtfn/controller/testing';
import {
  isSriovError,
  parseAttachmentId,
  parseHostId,
  parseMacAddress,
  parseNetworkId,
  parsePciAddress,
  parsePhysicalNetwork,
  parsePortId,
} from '@virtfn/model';
import { MemoryBackend } from '../link/memory-backend.ts';

const VIRTFN = path.join(import.meta.dirname, '../../../cli/src/main.ts');
const folders: string[] = [];
const children: ChildProcess[] = [];

function openRig(settings: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-daemon-'));
  folders.push(folder);
  const socket = path.join(folder, 'run/agent.sock');
  const config = path.join(folder, 'etc/host.yaml');
  const env = {
    ...process.env,
    VIRTFN_CONFIG: config,
    VIRTFN_STATE_DIR: folder,
    VIRTFN_SOCKET: socket,
    ...settings,
  };
  const start = (...options: readonly string[]) => {
    const child = spawn(process.execPath, [VIRTFN, 'agent', 'run', ...options], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let said = '';
    let heard = (): void => {};
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        said += text.toString();
        heard();
      });
    const ended = once(child, 'exit');
    const until = async (want: RegExp): Promise<void> => {
      while (!want.test(said)) {
        const more = new Promise<void>((resolve) => (heard = resolve));
        await Promise.race([more, ended.then(() => assert.match(said, want))]);
      }
    };
    return { child, ended, until, said: () => said };
  };
  const ask = async (request: HostRequest) => {
    const events: HostProgramEvent[] = [];
    const isThere = await askAgent(
      socket,
      request,
      (event) => events.push(event),
      new AbortController().signal,
    );
    return { isThere, events };
  };
  /** One command line. */
  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [VIRTFN, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const out = (await child.stdout.toArray()).join('');
    return { out };
  };
  return { folder, socket, config, start, ask, run };
}

describe('the daemon', () => {
  afterEach(async () => {
    for (const child of children.splice(0))
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  it('answers on a socket that only its user may use, and ends when it is told to', async () => {
    const { socket, start, ask } = openRig();
    const daemon = start();
    await daemon.until(/nothing is changed/);
    assert.equal(statSync(socket).mode & 0o777, 0o600);
    const { isThere, events } = await ask({ request: 'observe' });
    assert.ok(isThere && events.length === 1 && events[0]?.event === 'host');
    daemon.child.kill('SIGTERM');
    assert.deepEqual(await daemon.ended, [0, null]);
    assert.ok(!existsSync(socket));
    assert.equal((await ask({ request: 'observe' })).isThere, false);
  });

  it('takes the place of one that was killed, but not of one that lives', async () => {
    const { start, ask } = openRig();
    const first = start();
    await first.until(/nothing is changed/);
    const second = start();
    assert.deepEqual(await second.ended, [1, null]);
    assert.match(second.said(), /Cannot keep this host: process \d+ does.*\(JOURNAL_LOCKED\)/);
    first.child.kill('SIGKILL');
    await first.ended;
    assert.equal((await ask({ request: 'observe' })).isThere, false, 'a dead socket is nobody');
    await start().until(/nothing is changed/);
    assert.equal((await ask({ request: 'observe' })).isThere, true);
  });

  it('reads host.yaml again when it changes, and says where it is wrong', async () => {
    const { config, start, ask } = openRig();
    const daemon = start();
    await daemon.until(/nothing is changed/);
    writeFileSync(config, 'version: 1\npfs: [{ match: { serial: none-has-it }, numVfs: x }]\n');
    await daemon.until(/host\.yaml:2:\d+: .*numVfs.*\(CONFIG_INVALID\)/);
    writeFileSync(config, 'version: 1\npfs: [{ match: { serial: none-has-it }, numVfs: 1 }]\n');
    await daemon.until(/Cannot find the PF with serial none-has-it.*\(PF_UNKNOWN\)/);
    const { events } = await ask({ request: 'diff', configFile: null });
    assert.ok(events[0]?.event === 'error' && events[0].error.code === 'PF_UNKNOWN');
    writeFileSync(config, 'version: 1\npfs: []\n');
    await daemon.until(/the host is as it shall be/);
  });

  it('tells Prometheus where its environment says so, as systemd hands it', async () => {
    const { start } = openRig({ VIRTFN_METRICS_LISTEN: '127.0.0.1:0' });
    const daemon = start();
    await daemon.until(/metrics on http:/);
  });

  it('tells Prometheus of the host where it is asked to', { skip: skipWithoutPromtool() }, async () => {
    const { start } = openRig();
    const daemon = start('--metrics-listen', '127.0.0.1:0');
    await daemon.until(/nothing is changed[^]*metrics on|metrics on[^]*nothing is changed/);
    const url = /metrics on (\S+)/.exec(daemon.said())?.[1] ?? '';
    const text = await (await fetch(url)).text();
    assert.match(text, /^virtfn_host_info\{host="[^"]+",boot_id="[^"]+",simulated="false"\} 1$/m);
    assert.match(text, /^virtfn_agent_look_duration_seconds_count\{result="done"\} [1-9]/m);
    assert.match(text, /^virtfn_agent_traffic_read_failures_total 0$/m);
    assert.equal(runPromtool(['check', 'metrics'], text), '');
    daemon.child.kill('SIGTERM');
    assert.deepEqual(await daemon.ended, [0, null]);
    await assert.rejects(fetch(url));
  });

  it('shows the host to a browser of this machine, where it is asked to', async () => {
    const { start } = openRig({ VIRTFN_DASHBOARD_LISTEN: '127.0.0.1:0' });
    const daemon = start();
    await daemon.until(/nothing is changed[^]*dashboard on|dashboard on[^]*nothing is changed/);
    const url = /dashboard on (\S+)\/ui\/$/m.exec(daemon.said())?.[1] ?? '';
    const client = new Client(httpTransport(url));
    const { serves } = await client.call('about', {}, null);
    assert.equal(serves, 'host');
    const { hosts } = await client.call('listHosts', {}, null);
    const [host] = hosts;
    assert.ok(hosts.length === 1 && host?.isAlive === true && !host.simulated);
    const { pfs } = await client.call('getHost', { hostId: host.hostId }, null);
    const traffic = await client.call('readTraffic', { hostId: host.hostId }, null);
    assert.ok(traffic.pfs.length <= pfs.length);
    daemon.child.kill('SIGTERM');
    assert.deepEqual(await daemon.ended, [0, null]);
  });

  it('shows it to nobody else, and tells nobody who does not ask', async () => {
    const { start } = openRig();
    const open = start('--dashboard-listen', '0.0.0.0:0');
    assert.deepEqual(await open.ended, [2, null]);
    assert.match(open.said(), /"0\.0\.0\.0:0": it is not a loopback address.*\(REQUEST_INVALID\)/);
    const silent = start();
    await silent.until(/nothing is changed/);
    assert.doesNotMatch(silent.said(), /dashboard/);
  });

  it('refuses what is no request', async () => {
    const { socket, start } = openRig();
    await start().until(/nothing is changed/);
    for (const body of ['{"request":"plan"}', '[1', '{"request":"observe","more":1}']) {
      const request = http.request({ socketPath: socket, path: AGENT_REQUESTS_PATH, method: 'POST' });
      request.end(body);
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      const text = (await response.toArray()).join('');
      assert.equal(response.statusCode, 400);
      assert.match(text, /REQUEST_INVALID/);
    }
  });

  it('ends a watch when it ends itself', async () => {
    const { start, ask, socket } = openRig();
    const daemon = start();
    await daemon.until(/nothing is changed/);
    const seen: HostProgramEvent[] = [];
    const watching = askAgent(
      socket,
      { request: 'watch' },
      (event) => seen.push(event),
      new AbortController().signal,
    );
    await ask({ request: 'observe' });
    daemon.child.kill('SIGTERM');
    await watching.catch((error: unknown) => assert.ok(isSriovError(error, 'AGENT_UNREACHABLE')));
    assert.deepEqual(await daemon.ended, [0, null]);
    assert.ok(seen.length > 0);
  });

  it('joins a fleet while it runs, tells what becomes of ports, and does without the controller', async () => {
    const { start, run, folder } = openRig();
    assert.match((await run('agent', 'status')).out, /in no fleet/);
    const backend = new MemoryBackend();
    const authority = new CertificateAuthority(createAuthorityPems(new Date()));
    const sessions = new AgentSessions({
      backend,
      now: () => Date.now(),
      onError: (error) => assert.fail(error),
    });
    const server = await AgentLinkServer.listen({
      authority,
      sessions,
      backend,
      now: () => new Date(),
      address: { host: '127.0.0.1', port: 0 },
    });
    const { text, secretHash } = makeEnrolmentToken(authority);
    const hostId = parseHostId('node-7');
    backend.tokens.set(secretHash, hostId);
    const first = start();
    await first.until(/nothing is changed/);
    const joined = await run('agent', 'enrol', server.url, '--token', text, '--name', hostId);
    assert.match(joined.out, /as host node-7/);
    await backend.until(() => backend.reports.has(hostId));
    assert.equal(backend.reports.get(hostId)?.observed.hostId, hostId);
    await first.until(/connected to the controller/);
    backend.put({
      portId: parsePortId('p1'),
      attachmentId: parseAttachmentId('a1'),
      networkId: parseNetworkId('net'),
      pf: parsePciAddress('ffff:ff:1f.7'),
      vfIndex: 0,
      vnicType: 'direct',
      segment: { kind: 'flat', physicalNetwork: parsePhysicalNetwork('physnet1') },
      mac: parseMacAddress('52:54:00:aa:00:01'),
      ...PLAIN_PORT,
    });
    sessions.wake(hostId);
    await backend.until(() => backend.said.has('a1'));
    const outcome = backend.said.get('a1');
    assert.ok(outcome?.kind === 'failed' && outcome.code === 'PF_UNKNOWN');
    assert.match((await run('agent', 'status')).out, /link +connected\nrevision +1\n/);
    await server.close();
    await first.until(/it was closed/);
    first.child.kill('SIGKILL');
    await first.ended;
    const unwatched = await run('agent', 'status', '--json');
    assert.match(unwatched.out, /"link": null/);
    assert.match(readFileSync(path.join(folder, 'agent/desired-ports.json'), 'utf8'), /"attachmentId":"a1"/);
    const second = start();
    await second.until(/CONTROLLER_UNREACHABLE/);
    assert.match((await run('agent', 'status')).out, /not connected\nrevision +1\n/);
  });
});
