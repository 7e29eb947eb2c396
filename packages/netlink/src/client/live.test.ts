// The kernel of this machine. Reading is tested where we stand; what changes something is tested in a network namespace
// of its own, in which this file runs a second time. Must never change the namespace it was started in.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import {
  DevlinkClient,
  encodeGetFamily,
  encodeSetLink,
  type LinkEvent,
  NetlinkError,
  NetlinkSocket,
  Protocol,
  RouteClient,
  type Uevent,
  watchKernel,
} from '../index.ts';

/** Set for the second run: the namespace that this file was started in. */
const OUTSIDE = 'VIRTFN_TEST_OUTSIDE_NAMESPACE';
const outside = process.env[OUTSIDE];
const here = readlinkSync('/proc/self/ns/net');

if (outside === undefined) testReading();
else {
  assert.notEqual(outside, here, 'these tests change links and must not do so outside');
  testChanges();
}

function testReading(): void {
  for (const blocking of [true, false]) {
    test(`RouteClient reads the links of this machine, blocking ${blocking}`, async () => {
      using client = new RouteClient({ blocking });
      const links = await client.listLinks('vfs-and-stats');
      const lo = links.find(({ name }) => name === 'lo');
      assert.equal(lo?.ifIndex, 1);
      assert.equal(lo?.hardwareType, 772);
      assert.deepEqual((await client.getLink({ name: 'lo' })).address, '00:00:00:00:00:00');
      assert.equal((await client.getLink({ ifIndex: 1 }, 'vfs')).name, 'lo');
      const shown = BigInt(readFileSync('/sys/class/net/lo/statistics/rx_bytes', 'utf8').trim());
      const { stats } = await client.getLink({ ifIndex: 1 });
      assert.ok((lo.stats?.rxBytes ?? 1n) <= shown && shown <= (stats?.rxBytes ?? 0n));
      await assert.rejects(client.getLink({ name: 'virtfn-none' }), { name: 'NetlinkError', code: 'ENODEV' });
      await client.listFdb();
      await client.listDefaultRoutes();
      // The loopback has no driver that could answer.
      await assert.rejects(client.getDriverInfo('lo'), { errno: 95 });
      await assert.rejects(client.getDriverInfo('virtfn-none'), { code: 'ENODEV' });
      await assert.rejects(client.getDriverInfo('longer-than-names-are'), RangeError);
    });
  }

  test('NetlinkSocket finds a generic family, and is refused one that is not there', async () => {
    using socket = new NetlinkSocket({ protocol: Protocol.generic });
    const what = 'find a family';
    assert.equal((await socket.request(encodeGetFamily('nlctrl'), { what })).length, 1);
    await assert.rejects(socket.request(encodeGetFamily('virtfn'), { what }), { code: 'ENOENT' });
  });

  test('DevlinkClient opens where the kernel has devlink, and says so where not', async (context) => {
    const client = await DevlinkClient.open();
    if (client === null) context.diagnostic('this kernel has no devlink');
    else assert.ok(Array.isArray(await client.listDevices()));
    client?.close();
  });

  test('the kernel of this machine, in a network namespace of its own', (context) => {
    const way = wayIntoNamespace();
    if (way === null) {
      const why = 'needs `ip`, and root or user namespaces, for `unshare --net`';
      // What cannot run on the build server has failed.
      assert.notEqual(process.env['CI'], 'true', why);
      context.skip(why);
      return;
    }
    const env: NodeJS.ProcessEnv = { ...process.env, [OUTSIDE]: here };
    // The second run is a test run of its own, and not a part of this one.
    delete env['NODE_TEST_CONTEXT'];
    const args = [...way, process.execPath, import.meta.filename];
    const { status, stdout } = spawnSync('unshare', args, { env, encoding: 'utf8', timeout: 55_000 });
    context.diagnostic(stdout);
    assert.equal(status, 0, stdout);
  });
}

function wayIntoNamespace(): readonly string[] | null {
  const works = (program: string, args: readonly string[]): boolean => spawnSync(program, args).status === 0;
  if (!works('ip', ['-V'])) return null;
  const ways = [['--net'], ['--map-root-user', '--net']];
  return ways.find((way) => works('unshare', [...way, 'ip', 'link', 'set', 'lo', 'up'])) ?? null;
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

function testChanges(): void {
  const limit = { timeout: 20_000 };

  test('RouteClient changes a link, and the watch tells of it', limit, async () => {
    using client = new RouteClient();
    const links: LinkEvent[] = [];
    const uevents: Uevent[] = [];
    const overflows: string[] = [];
    let wake = (): void => undefined;
    const watch = watchKernel({
      onLink: (event) => {
        links.push(event);
        wake();
      },
      onUevent: (event) => {
        uevents.push(event);
        wake();
      },
      onOverflow: (source) => overflows.push(source),
      onFailure: (error) => assert.fail(error),
      keepAlive: true,
    });
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    try {
      ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
      const { ifIndex } = await client.getLink({ name: 'v0' });
      await client.setMtu(ifIndex, 1400);
      await client.setLinkUp(ifIndex, true);
      const link = await client.getLink({ ifIndex });
      assert.deepEqual([link.mtu, link.up, link.kind], [1400, true, 'veth']);
      assert.equal((await client.getDriverInfo('v0')).driver, 'veth');
      await until(() => links.some(({ link: { name, mtu, up } }) => name === 'v0' && mtu === 1400 && up));
      await until(() =>
        uevents.some(({ action, devPath }) => action === 'add' && devPath.endsWith('/net/v0')),
      );
      await client.setLinkUp(ifIndex, false);
      await client.setName(ifIndex, 'renamed');
      ip('link', 'del', 'renamed');
      await until(() => links.some(({ kind, link: { name } }) => kind === 'deleted' && name === 'renamed'));
      await until(() => uevents.some(({ action, subsystem }) => action === 'remove' && subsystem === 'net'));
      assert.deepEqual(overflows, []);
    } finally {
      watch.close();
    }
  });

  test('RouteClient throws what the kernel says', limit, async () => {
    using client = new RouteClient();
    ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const { ifIndex } = await client.getLink({ name: 'v0' });
    await assert.rejects(client.setMtu(ifIndex, 10), (error: unknown) => {
      assert.ok(error instanceof NetlinkError);
      assert.equal(error.code, 'EINVAL');
      assert.notEqual(error.kernelMessage, null);
      return true;
    });
    await assert.rejects(client.setVf(ifIndex, 0, { kind: 'mac', mac: '52:54:00:00:00:01' }), { errno: 95 });
    await assert.rejects(client.setLinkUp(9999, true), { code: 'ENODEV' });
    ip('link', 'del', 'v0');
  });

  test('RouteClient adds, lists and removes forwarding entries', limit, async () => {
    using client = new RouteClient();
    ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const { ifIndex } = await client.getLink({ name: 'v0' });
    const target = { ifIndex, mac: '52:54:00:00:00:99', vlan: null };
    await client.addFdb(target);
    await assert.rejects(client.addFdb(target), { code: 'EEXIST' });
    const added = (await client.listFdb(ifIndex)).filter(({ mac }) => mac === target.mac);
    assert.deepEqual(added, [{ ...target, master: null, self: true, permanent: true }]);
    assert.ok((await client.listFdb()).some(({ mac }) => mac === target.mac));
    // Devices whose driver keeps no table of its own know no VLANs.
    await assert.rejects(client.addFdb({ ...target, vlan: 100 }), { code: 'EINVAL' });
    await client.removeFdb(target);
    await assert.rejects(client.removeFdb(target), { code: 'ENOENT' });
    assert.ok(!(await client.listFdb(ifIndex)).some(({ mac }) => mac === target.mac));
    ip('link', 'del', 'v0');
  });

  test('RouteClient lists default routes with the links they lead out of', limit, async () => {
    using client = new RouteClient();
    ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    ip('link', 'set', 'v0', 'up');
    ip('addr', 'add', '10.0.0.2/24', 'dev', 'v0');
    ip('route', 'add', 'default', 'via', '10.0.0.1', 'metric', '100');
    const { ifIndex } = await client.getLink({ name: 'v0' });
    assert.deepEqual(await client.listDefaultRoutes(), [
      { family: 'ipv4', dstLength: 0, table: 254, priority: 100, outIfIndexes: [ifIndex] },
    ]);
    ip('link', 'del', 'v0');
  });

  test('RouteClient lists 500 links as `ip -json` does', limit, async () => {
    using client = new RouteClient();
    const lines = Array.from({ length: 250 }, (_, at) => `link add a${at} type veth peer name b${at}\n`);
    execFileSync('ip', ['-batch', '-'], { input: lines.join('') });
    const links = await client.listLinks('vfs');
    assert.equal(links.length, 501);
    const ours = links.map(({ ifIndex, name, address, mtu }) => ({ ifIndex, name, address, mtu }));
    const theirs = JSON.parse(ip('-json', 'link')) as readonly Record<string, unknown>[];
    assert.deepEqual(
      ours,
      theirs.map((link) => ({
        ifIndex: link['ifindex'],
        name: link['ifname'],
        address: link['address'],
        mtu: link['mtu'],
      })),
    );
  });

  test('watchKernel() says when the kernel had no room for events', limit, async () => {
    using client = new RouteClient();
    ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
    const { ifIndex } = await client.getLink({ name: 'v0' });
    const { promise, resolve } = Promise.withResolvers<string>();
    const ignore = (): void => undefined;
    const watch = watchKernel({
      onUevent: ignore,
      onLink: ignore,
      onOverflow: (source, reason) => {
        resolve(`${source} ${reason}`);
      },
      onFailure: (error) => assert.fail(error),
      keepAlive: true,
    });
    try {
      // On this thread, so that nobody listens meanwhile.
      using socket = new NetlinkSocket({ protocol: Protocol.route });
      for (let at = 0; at < 20_000; at++) {
        const request = encodeSetLink(ifIndex, { kind: 'mtu', mtu: 1400 + (at % 2) });
        socket.requestSync(request, { what: 'set an MTU' });
      }
      assert.equal(await promise, 'link no-buffer-space');
    } finally {
      watch.close();
    }
    ip('link', 'del', 'v0');
  });
}
