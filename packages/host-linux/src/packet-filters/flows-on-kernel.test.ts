import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { IpPacket, Transport } from '@virtfn/host-simulator';
import {
  type FilterRule,
  flowLimits,
  parseIpPrefix,
  parseMacAddress,
  parseNetdevName,
  parsePciAddress,
  type PortFilter,
} from '@virtfn/model';
import { NftPacketFilters } from './nft-packet-filters.ts';
import { tableNameOf } from './table-name.ts';
import { encodeFrame, FramePath, inOwnNetwork } from './testing/index.ts';

// What the kernel remembers of flows, and for how long. Nobody waits until it forgets.

const vf = { pciAddress: parsePciAddress('0000:3b:10.0'), netdevName: parseNetdevName('vf0') };
const table = tableNameOf(vf.pciAddress);
const mac = parseMacAddress('52:54:00:aa:00:01');
/** What the kernel gives a set that names no size. */
const MOST_FLOWS = 65_535;

const egress: FilterRule = {
  direction: 'egress',
  ethertype: 'IPv4',
  match: null,
  remotes: null,
  isStateful: true,
};
const filterOf = (...rules: readonly FilterRule[]): PortFilter => ({
  sources: [{ mac, prefix: parseIpPrefix('192.0.2.1/32') }],
  rules,
});

const nft = (...args: readonly string[]): string => execFileSync('/usr/sbin/nft', args, { encoding: 'utf8' });

/** The sets in which something is, each with the seconds for which it was put there. */
function remembered(): readonly string[] {
  return ['unanswered4', 'answered4', 'echoes4', 'pairs4', 'fragments4'].flatMap((set) =>
    [...nft('-n', 'list', 'set', 'netdev', table, set).matchAll(/ timeout (\d+)s/g)].map(
      ([, seconds]) => `${set} ${seconds}`,
    ),
  );
}

/** Fills a set in which one element is, with what UDP from the machine to others is remembered by. */
function fill(set: string, rest: string): void {
  const others = Array.from(
    { length: MOST_FLOWS - 1 },
    (_, at) => `17 . 192.0.2.1 . 10.0.${at >> 8}.${at & 255} . ${rest} timeout 300s`,
  );
  const script = `add element netdev ${table} ${set} { ${others.join(', ')} }\n`;
  execFileSync('/usr/sbin/nft', ['-f', '-'], { input: script });
}

const tcp = (flags: Extract<Transport, { kind: 'tcp' }>['flags']): Transport => ({
  kind: 'tcp',
  sourcePort: 40_000,
  destinationPort: 443,
  flags,
});
const udp: Transport = { kind: 'datagram', protocol: 17, sourcePort: 40_000, destinationPort: 53 };
const echo: Transport = { kind: 'icmp', type: 8, code: 0, id: 7, target: null };
const gre: Transport = { kind: 'other', protocol: 47 };

const out = (transport: Transport): IpPacket => ({
  kind: 'ip',
  direction: 'egress',
  sourceMac: mac,
  ethertype: 'IPv4',
  source: '192.0.2.1',
  destination: '198.51.100.7',
  transport,
  fragment: { kind: 'none' },
});
function back(transport: Transport): IpPacket {
  const turned =
    transport.kind === 'tcp' || transport.kind === 'datagram'
      ? { ...transport, sourcePort: transport.destinationPort, destinationPort: transport.sourcePort }
      : transport.kind === 'icmp'
        ? { ...transport, type: 0 }
        : transport;
  return { ...out(turned), direction: 'ingress', source: '198.51.100.7', destination: '192.0.2.1' };
}
const firstFragment = (packet: IpPacket): IpPacket => ({ ...packet, fragment: { kind: 'first', id: 9 } });

const {
  tcpUnanswered,
  tcpEstablished,
  datagramUnanswered,
  datagramAnswered,
  addressPair,
  echo: echoes,
  fragments,
} = flowLimits;

const opened = `unanswered4 ${tcpUnanswered}`;
const established = `answered4 ${tcpEstablished}`;

/** After a connection has ended, what follows its end must not make it last. */
const lives: readonly {
  readonly name: string;
  readonly given: readonly IpPacket[];
  readonly want: readonly string[];
}[] = [
  { name: 'a question for a connection', given: [out(tcp('syn'))], want: [opened] },
  {
    name: 'a connection',
    given: [out(tcp('syn')), back(tcp('syn-ack')), out(tcp('ack')), back(tcp('ack'))],
    want: [opened, established],
  },
  {
    name: 'a connection that the machine has ended',
    given: [out(tcp('syn')), back(tcp('syn-ack')), out(tcp('fin')), back(tcp('fin')), out(tcp('ack'))],
    want: [opened],
  },
  {
    name: 'a connection that the other side has ended',
    given: [out(tcp('syn')), back(tcp('syn-ack')), back(tcp('fin')), out(tcp('fin')), back(tcp('ack'))],
    want: [opened],
  },
  {
    name: 'a connection that was reset',
    given: [out(tcp('syn')), back(tcp('syn-ack')), back(tcp('rst'))],
    want: [opened],
  },
  {
    name: 'a connection from before the filter',
    given: [out(tcp('ack')), back(tcp('ack')), out(tcp('ack'))],
    want: [opened],
  },
  { name: 'a datagram', given: [out(udp)], want: [`unanswered4 ${datagramUnanswered}`] },
  {
    name: 'a datagram and its answer',
    given: [out(udp), back(udp), out(udp)],
    want: [`unanswered4 ${datagramUnanswered}`, `answered4 ${datagramAnswered}`],
  },
  { name: 'an echo', given: [out(echo), back(echo)], want: [`echoes4 ${echoes}`] },
  { name: 'what has no ports', given: [out(gre), back(gre)], want: [`pairs4 ${addressPair}`] },
  {
    name: 'fragments',
    given: [firstFragment(out(gre))],
    want: [`pairs4 ${addressPair}`, `fragments4 ${fragments}`],
  },
];

inOwnNetwork(import.meta.filename, () => {
  for (const { name, given, want } of lives) {
    test(`the kernel remembers ${name} for as long as flowLimits says`, async () => {
      using path = new FramePath(vf.netdevName);
      using filters = new NftPacketFilters();
      await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
      await filters.apply({ kind: 'set-filter', ...vf, filter: filterOf(egress) });
      for (const [at, packet] of given.entries())
        assert.ok(await path.send(encodeFrame(packet, at), packet.direction), `packet ${at} passes`);
      assert.deepEqual(remembered(), want);
    });
  }

  test('a rule that is not stateful remembers nothing, and lets no answer pass', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
    await filters.apply({ kind: 'set-filter', ...vf, filter: filterOf({ ...egress, isStateful: false }) });
    for (const [at, transport] of [tcp('syn'), udp, echo, gre].entries()) {
      assert.ok(await path.send(encodeFrame(out(transport), at), 'egress'));
      assert.ok(!(await path.send(encodeFrame(back(transport), at), 'ingress')));
    }
    assert.deepEqual(remembered(), []);
  });

  test('a rule that is stateful remembers what a rule before it lets pass, too', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    const filter = filterOf({ ...egress, isStateful: false }, egress);
    await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
    await filters.apply({ kind: 'set-filter', ...vf, filter });
    assert.ok(await path.send(encodeFrame(out(udp), 0), 'egress'));
    assert.ok(await path.send(encodeFrame(back(udp), 1), 'ingress'));
  });

  test('a flow goes on when its filter is set again, ends with the rule that let it be opened, and is there again with it', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    const set = (filter: PortFilter): Promise<void> => filters.apply({ kind: 'set-filter', ...vf, filter });
    const other: FilterRule = { ...egress, remotes: [parseIpPrefix('203.0.113.0/24')] };
    let number = 0;
    const answerPasses = (): Promise<boolean> => {
      number += 1;
      return path.send(encodeFrame(back(udp), number), 'ingress');
    };
    await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
    await set(filterOf(egress));
    assert.ok(!(await answerPasses()));
    assert.ok(await path.send(encodeFrame(out(udp), 0), 'egress'));
    const states = [
      { rules: [egress], want: true },
      { rules: [egress, other], want: true },
      { rules: [other], want: false },
      { rules: [], want: false },
      { rules: [egress], want: true },
    ];
    for (const { rules, want } of states) {
      await set(filterOf(...rules));
      assert.equal(await answerPasses(), want, JSON.stringify(rules));
    }
  });

  test('while a filter is set again there is no moment in which all passes, or nothing does', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    const stranger = { ...out(udp), source: '192.0.2.2' };
    const more: FilterRule = { ...egress, direction: 'ingress', remotes: [parseIpPrefix('203.0.113.0/24')] };
    await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
    await filters.apply({ kind: 'set-filter', ...vf, filter: filterOf(egress) });
    const others = [filterOf(more, egress), filterOf(egress), filterOf(egress, more)];
    let number = 0;
    // Often enough to meet it, however much else the machine does.
    for (let turn = 0; turn < others.length || number <= 100; turn += 1) {
      const filter = others[turn % others.length] ?? filterOf(egress);
      const progress = { isSet: false };
      const setting = filters.apply({ kind: 'set-filter', ...vf, filter }).finally(() => {
        progress.isSet = true;
      });
      while (!progress.isSet) {
        number += 1;
        assert.ok(await path.send(encodeFrame(out(udp), number), 'egress'), 'what it lets pass');
        assert.ok(await path.send(encodeFrame(back(udp), number), 'ingress'), 'its answer');
        assert.ok(!(await path.send(encodeFrame(stranger, number), 'egress')), 'what it does not');
        await setImmediate();
      }
      await setting;
    }
  });

  test('where no more flows can be remembered none can be opened, and those that are there go on', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
    await filters.apply({ kind: 'set-filter', ...vf, filter: filterOf(egress) });
    assert.ok(await path.send(encodeFrame(out(udp), 0), 'egress'));
    fill('unanswered4', '40000 . 53');
    const another = { ...out(udp), destination: '198.51.100.8' };
    assert.ok(!(await path.send(encodeFrame(another, 1), 'egress')), 'one more flow');
    assert.ok(!(await path.send(encodeFrame(out(tcp('syn')), 2), 'egress')), 'one more connection');
    assert.ok(await path.send(encodeFrame(out(udp), 3), 'egress'), 'the flow that is there');
    assert.ok(await path.send(encodeFrame(back(udp), 4), 'ingress'), 'its answer');
  });

  test('where no more fragments can be remembered no datagram in fragments passes, and whole ones do', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
    await filters.apply({ kind: 'set-filter', ...vf, filter: filterOf(egress) });
    assert.ok(await path.send(encodeFrame(firstFragment(out(udp)), 0), 'egress'));
    fill('fragments4', '9');
    const another = firstFragment({ ...out(udp), destination: '198.51.100.8' });
    assert.ok(!(await path.send(encodeFrame(another, 1), 'egress')), 'in fragments');
    assert.ok(await path.send(encodeFrame({ ...another, fragment: { kind: 'none' } }, 2), 'egress'), 'whole');
  });
});
