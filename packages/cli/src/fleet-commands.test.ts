import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client, followEvents, httpStreamTransport, httpTransport } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import { Controller, listen, OpenAuthenticator, openDatabase, Store } from '@virtfn/controller';
import { fishMachine, observeMachine, VirtualClock, writeSriovNumvfs } from '@virtfn/host-simulator';
import { finding, parseHostId, parsePciAddress, parsePhysicalNetwork, parseVlanRanges } from '@virtfn/model';
import type { CommandContext } from './command-context.ts';
import { runProgram } from './program.ts';

const PF = parsePciAddress('0000:82:00.0');
const NOW = (): Date => new Date('2026-01-02T03:04:05Z');
const NO_EVENTS = (): never => assert.fail('not asked');

describe('virtfn against a controller', () => {
  let folder: string;
  let store: Store;
  let controller: Controller;
  let endpoint: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-cli-fleet-'));
    store = await Store.open({
      database: await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`),
      now: NOW,
    });
    controller = new Controller({
      store,
      version: '0',
      settings: { vlanRanges: parseVlanRanges('physnet1:100:199', parsePhysicalNetwork) },
      authenticator: new OpenAuthenticator(),
      now: NOW,
    });
    await controller.start();
    endpoint = await listen(controller.server, { host: '127.0.0.1', port: 0 });
    const machine = fishMachine(new VirtualClock(), parseHostId('fish'));
    writeSriovNumvfs(machine, machine.pf(PF), 7);
    machine.clock.advance(5000);
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
    line: string,
    follow: CommandContext['followEvents'] = NO_EVENTS,
    onSleep: () => Promise<void> = NO_EVENTS,
  ) => {
    let out = '';
    let err = '';
    let exit: number | null = null;
    const context: CommandContext = {
      terminal: {
        out: (text) => void (out += `${text}\n`),
        err: (text) => void (err += `${text}\n`),
        width: null,
        colour: false,
      },
      connect: (url) => new Client(httpTransport(url)),
      connectNeutron: (url) => new NeutronClient(httpTransport(url)),
      followEvents: follow,
      now: NOW,
      sleep: async () => onSleep(),
      runUp: NO_EVENTS,
      runController: NO_EVENTS,
      env: {},
      thisHost: {
        ask: NO_EVENTS,
        examine: NO_EVENTS,
        collect: NO_EVENTS,
        describeDevice: NO_EVENTS,
        enrol: NO_EVENTS,
        runAgent: NO_EVENTS,
      },
      readFile: NO_EVENTS,
      hasChosenEndpoint: true,
      defaultEndpoint: endpoint,
      exitWith: (status) => void (exit = status),
    };
    const status = await runProgram(line.split(' '), context, '1.2.3');
    return {
      status: exit ?? status,
      out: out.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID'),
      raw: out,
      err,
    };
  };
  const does = async (line: string, want: RegExp): Promise<string> => {
    const { status, out, raw, err } = await run(line);
    assert.equal(status, 0, `${line}: ${err}${out}`);
    assert.match(out, want, line);
    return raw;
  };

  it('takes a port from its network to its VF and back', async () => {
    await does(
      'network create blue --physical-network physnet1 --vlan 100 --mtu 1400',
      /^Made network blue \(ID\)$/m,
    );
    await does(
      'subnet create blue-v4 --network blue --cidr 10.0.0.0/24 --gateway none --dns 10.0.0.53',
      /^Made subnet/,
    );
    await does('qos create gold', /^Made QoS policy gold/);
    await does('qos rule add gold --max-kbps 500000', /^Added a rule to QoS policy gold/);
    await does('qos show gold', /^rule ID +at most 500000 kbit\/s egress$/m);
    await does('network list', /^blue +vlan +physnet1 +100 +1400 +no +ID$/m);
    await does('network show blue', /^VLAN +100$/m);
    await does('subnet show blue-v4', /^network +blue$/m);
    await does('port create web --network blue --fixed-ip 10.0.0.7 --qos gold', /^Made port web \(ID\)$/m);
    await does('port explain web', /^It would get VF \d of PF 0000:82:00\.0 of host fish/);
    await does('port bind web --host fish', /^bound as +hw_veb$/m);
    await does('port list', /^web +\w+ +direct +fish +\S+ +10\.0\.0\.7 +ID$/m);
    await does('port show web', /^VF +\d of PF 0000:82:00\.0\n.*\bwanted$/m);
    await does('attachment list --host fish', /^fish +0000:82:00\.0 +\d +\S+ +wanted +- +ID +-$/m);
    await does('vf list --fleet --state wanted', /^fish +eth2 +\d +\S+ +wanted +\S+ +\S+ +ID$/m);
    await does(
      'pf list --physical-network physnet1',
      /^fish +0000:82:00\.0 +eth2 +igb +1000 Mbit\/s +7\/7 /m,
    );
    await does('port unbind web', /^Took back the VF of port web/);
    await does('attachment list', /^No port has a VF so\.$/m);
    await does('port delete web', /^Deleted port web \(ID\)$/m);
    await does('audit --since 1h', / done +create port ID +req-ID$/m);
    await does('audit --actor agent', /^Nothing of the kind was done\.$/m);
    await does('finding list', /^fish +info +simulated-host +- +This host exists in memory only\. Text\.$/m);
  });

  it('says that a port got no VF, why it may be, and fails', async () => {
    await run('network create lost --physical-network physnet1 --vlan 170');
    const { status, err } = await run('port create x --network lost --host nowhere');
    assert.equal(status, 1);
    assert.match(
      err,
      /^It got no VF of host nowhere\.\n`virtfn port explain \S+ --host nowhere` says why\.$/m,
    );
  });

  const failures: readonly { line: string; status: number; says: RegExp }[] = [
    { line: 'network show nowhere', status: 1, says: /network "nowhere".*\(OBJECT_UNKNOWN\)/ },
    { line: 'port create --network nowhere', status: 1, says: /network "nowhere"/ },
    { line: 'port create', status: 2, says: /required option '--network <network>'/ },
    { line: 'network set any', status: 2, says: /no option says what.*\n.*network set --help/ },
    {
      line: 'qos rule add gold --max-kbps 1 --dscp 2',
      status: 2,
      says: /2 of --max-kbps, --min-kbps and --dscp/,
    },
    { line: 'qos rule add gold --max-kbps fast', status: 2, says: /"fast" as a rate/ },
    {
      line: 'subnet create --network blue --cidr 10.1.0.0/24 --pool 10.1.0.5',
      status: 2,
      says: /is not FIRST-LAST/,
    },
    { line: 'audit --since yesterday', status: 2, says: /"yesterday" as a time/ },
    { line: 'vf list --fleet --state lost', status: 2, says: /Allowed choices are free, held/ },
  ];
  for (const { line, status, says } of failures) {
    it(`virtfn ${line}: says what is wrong, and exits with ${status}`, async () => {
      const result = await run(line);
      assert.match(result.err, says);
      assert.equal(result.status, status);
    });
  }

  it('does not guess between two of one name', async () => {
    await run('network create twin --vlan 150 --physical-network physnet1');
    await run('network create twin --vlan 151 --physical-network physnet1');
    const { status, err } = await run('network delete twin');
    assert.equal(status, 1);
    assert.match(err, /2 have this name \(OBJECT_AMBIGUOUS\)\nGive one of the ids: /);
  });

  it('events tells of what changes, a line each', async () => {
    const stop = new AbortController();
    const follow: CommandContext['followEvents'] = async function* (url, query) {
      const events = followEvents({
        transport: httpStreamTransport(url),
        query,
        signal: stop.signal,
        sleep: async () => {},
      });
      for await (const event of events) {
        yield event;
        stop.abort();
      }
    };
    await run('network create seen --vlan 160 --physical-network physnet1');
    const { out } = await run('events --since 0 --kind subnet,port --json', follow);
    assert.match(out, /^\{"kind":"(subnet|port)"/);
  });
});
