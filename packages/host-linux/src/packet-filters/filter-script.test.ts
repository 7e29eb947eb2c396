import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  comparePciAddresses,
  type FilterRule,
  parseIpPrefix,
  parseMacAddress,
  parsePciAddress,
  type PortFilter,
} from '@virtfn/model';
import fc from 'fast-check';
import { filterTable } from './filter-chains.ts';
import { removeScript, setScript } from './filter-script.ts';
import { answerText, ruleText } from './rule-text.ts';
import { pciAddressOf, tableNameOf } from './table-name.ts';

const mac = parseMacAddress('52:54:00:aa:00:01');
const anywhere: FilterRule = {
  direction: 'egress',
  ethertype: 'IPv4',
  match: null,
  remotes: null,
  isStateful: true,
};

const webServer: PortFilter = {
  sources: ['192.0.2.1/32', '2001:db8::1/128', 'fe80::5054:ff:feaa:1/128'].map((prefix) => ({
    mac,
    prefix: parseIpPrefix(prefix),
  })),
  rules: [
    anywhere,
    { ...anywhere, ethertype: 'IPv6' },
    {
      ...anywhere,
      direction: 'ingress',
      match: { kind: 'protocol', protocol: 6, ports: { first: 80, last: 80 } },
    },
    {
      ...anywhere,
      direction: 'ingress',
      ethertype: 'IPv6',
      match: { kind: 'protocol', protocol: 6, ports: { first: 80, last: 80 } },
      remotes: [parseIpPrefix('2001:db8::/32')],
    },
  ],
};

test('setScript() writes the table of a web server as it stands in web-server.nft', () => {
  const script = setScript(filterTable(webServer), {
    name: tableNameOf(parsePciAddress('0000:3b:10.0')),
    netdevName: 'ens1f0v0',
    renewal: 'rules',
    policy: 'drop',
  });
  assert.equal(script, readFileSync(path.join(import.meta.dirname, 'fixtures/web-server.nft'), 'utf8'));
});

test('removeScript() makes what it deletes first, so that there is something to delete', () => {
  assert.equal(removeScript('virtfn-x'), 'add table netdev virtfn-x\ndelete table netdev virtfn-x\n');
});

const rules: readonly {
  readonly name: string;
  readonly given: Partial<FilterRule>;
  readonly want: readonly string[];
  readonly wantAnswer: readonly string[];
}[] = [
  { name: 'anything', given: {}, want: ['goto opens4'], wantAnswer: ['jump answers4'] },
  { name: 'anything without answers', given: { isStateful: false }, want: ['goto pass4'], wantAnswer: [] },
  { name: 'nobody', given: { remotes: [] }, want: [], wantAnswer: [] },
  {
    name: 'only the other version of IP',
    given: { remotes: [parseIpPrefix('::/0')] },
    want: [],
    wantAnswer: [],
  },
  {
    name: 'some, one of them in another and one with bits behind its length',
    given: { remotes: ['192.0.2.7/32', '192.0.2.0/24', '198.51.100.77/25'].map(parseIpPrefix) },
    want: ['ip daddr { 192.0.2.0/24, 198.51.100.0/25 } goto opens4'],
    wantAnswer: ['ip saddr { 192.0.2.0/24, 198.51.100.0/25 } jump answers4'],
  },
  {
    name: 'ports of others',
    given: { match: { kind: 'protocol', protocol: 17, ports: { first: 53, last: 54 } } },
    want: ['meta l4proto 17 th dport 53-54 goto opens4'],
    wantAnswer: ['meta l4proto 17 th sport 53-54 jump answers4'],
  },
  {
    name: 'a port of its own, to some',
    given: {
      direction: 'ingress',
      ethertype: 'IPv6',
      remotes: [parseIpPrefix('2001:db8::/32')],
      match: { kind: 'protocol', protocol: 6, ports: { first: 22, last: 22 } },
    },
    want: ['ip6 saddr { 2001:db8:0:0:0:0:0:0/32 } meta l4proto 6 th dport 22-22 goto opens6'],
    wantAnswer: ['ip6 daddr { 2001:db8:0:0:0:0:0:0/32 } meta l4proto 6 th sport 22-22 jump answers6'],
  },
  {
    name: 'ports where there are none',
    given: { match: { kind: 'protocol', protocol: 47, ports: { first: 1, last: 2 } } },
    want: ['meta l4proto 47 goto opens4'],
    wantAnswer: ['meta l4proto 47 jump answers4'],
  },
  {
    name: 'ICMP',
    given: { match: { kind: 'icmp', type: null, code: null } },
    want: ['meta l4proto 1 goto opens4'],
    wantAnswer: ['icmp type 0 jump answers4'],
  },
  {
    name: 'echoes',
    given: { ethertype: 'IPv6', match: { kind: 'icmp', type: 128, code: 0 } },
    want: ['icmpv6 type 128 icmpv6 code 0 goto opens6'],
    wantAnswer: ['icmpv6 type 129 jump answers6'],
  },
  {
    name: 'messages without answers',
    given: { match: { kind: 'icmp', type: 3, code: null } },
    want: ['icmp type 3 goto opens4'],
    wantAnswer: [],
  },
];
for (const { name, given, want, wantAnswer } of rules) {
  test(`ruleText() and answerText() write a rule about ${name}`, () => {
    const rule = { ...anywhere, ...given };
    assert.deepEqual(ruleText(rule), want);
    assert.deepEqual(answerText(rule), wantAnswer);
  });
}

test('pciAddressOf() finds the VF of a table that tableNameOf() named', () => {
  const byte = fc.nat(255).map((value) => value.toString(16).padStart(2, '0'));
  const domain = fc.nat(0xffff_ffff).map((value) => value.toString(16).padStart(4, '0'));
  fc.assert(
    fc.property(domain, byte, fc.nat(31), fc.nat(7), (first, bus, device, func) => {
      const text = `${first}:${bus}:${device.toString(16).padStart(2, '0')}.${func}`;
      const pciAddress = parsePciAddress(text);
      const found = pciAddressOf(tableNameOf(pciAddress));
      assert.ok(found !== null && comparePciAddresses(found, pciAddress) === 0);
      assert.match(tableNameOf(pciAddress), /^[a-z][a-z0-9.-]*$/);
    }),
  );
});

for (const given of [
  'filter',
  'virtfn',
  'virtfn-',
  'virtfn-frontend',
  'virtfn-0000.3b.10.8',
  'virtfn-0000.3B.10.0',
  'virtfn-0000.3b.10.0-old',
  'virtfn-trial',
]) {
  test(`pciAddressOf() says that a table "${given}" is not ours`, () => {
    assert.equal(pciAddressOf(given), null);
  });
}
