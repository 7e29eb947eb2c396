import assert from 'node:assert/strict';
import { isIP, isIPv4 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSriovError } from '../errors/index.ts';
import { ipNumberOf, ipRangeOf, ipVersionOf, parseIpPrefix, withoutNested } from './index.ts';

const isPrefix = (text: string): boolean => {
  try {
    return parseIpPrefix(text) === text;
  } catch (error) {
    assert.ok(isSriovError(error, 'IP_PREFIX_INVALID'));
    return false;
  }
};

/** Addresses, what is nearly one, and what is made of the same letters. */
const almostAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc
    .tuple(
      fc.oneof(fc.ipV4(), fc.ipV6()),
      fc.nat(40),
      fc.constantFrom('', ':', '::', '.', '0', 'f', 'F', '%'),
    )
    .map(([text, at, letter]) => text.slice(0, at) + letter + text.slice(at + 1)),
  fc.string({ unit: fc.constantFrom('0', '1', '25', '8', '9', 'a', 'f', ':', '.') }),
);

test('parseIpPrefix() takes those addresses that node:net takes, but no upper case, zone, or IPv4 in the words of IPv6', () => {
  fc.assert(
    fc.property(almostAddress, (address) => {
      const isOtherWords = /[A-Z%]/.test(address) || (address.includes(':') && address.includes('.'));
      assert.equal(isPrefix(`${address}/0`), isIP(address) !== 0 && !isOtherWords);
    }),
    { numRuns: 3000 },
  );
});

const lengths = [
  { given: '192.0.2.0/32', want: true },
  { given: '192.0.2.0/33', want: false },
  { given: '2001:db8::/128', want: true },
  { given: '2001:db8::/129', want: false },
  { given: '2001:db8::/', want: false },
  { given: '2001:db8::', want: false },
  { given: '192.0.2.0/08', want: false },
  { given: '192.0.2.0/8/8', want: false },
  { given: '192.0.2.0/-1', want: false },
  { given: '192.0.2.0/8 ', want: false },
  { given: '192.0.2.0/255.255.255.0', want: false },
];
for (const { given, want } of lengths) {
  test(`parseIpPrefix() ${want ? 'takes' : 'refuses'} "${given}"`, () => {
    assert.equal(isPrefix(given), want);
  });
}

const ranges = [
  { given: '192.0.2.77/24', want: { first: 0xc0_00_02_00n, last: 0xc0_00_02_ffn } },
  { given: '192.0.2.77/32', want: { first: 0xc0_00_02_4dn, last: 0xc0_00_02_4dn } },
  { given: '192.0.2.77/0', want: { first: 0n, last: 0xff_ff_ff_ffn } },
  { given: '::1/128', want: { first: 1n, last: 1n } },
  { given: '1::/16', want: { first: 1n << 112n, last: (2n << 112n) - 1n } },
  { given: '::/0', want: { first: 0n, last: (1n << 128n) - 1n } },
];
for (const { given, want } of ranges) {
  test(`ipRangeOf() gives both ends of ${given}`, () => {
    assert.deepEqual(ipRangeOf(parseIpPrefix(given)), want);
  });
}

test('ipNumberOf() gives the same for all ways to write an address, and another for another', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (number) => {
      const groups = number.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
      const { hostname } = new URL(`http://[${groups.join(':')}]`);
      assert.equal(ipNumberOf(groups.join(':')), number);
      assert.equal(ipNumberOf(hostname.slice(1, -1)), number);
    }),
  );
});

const prefix = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128))
  .filter(([address]) => !(address.includes(':') && address.includes('.')))
  .map(([address, length]) => parseIpPrefix(`${address}/${isIPv4(address) ? length % 33 : length}`));

test('withoutNested() keeps all addresses, each in one prefix only, and the order', () => {
  fc.assert(
    fc.property(fc.array(prefix), (prefixes) => {
      const kept = withoutNested(prefixes);
      const isInside = (inner: (typeof kept)[number], outer: (typeof kept)[number]): boolean => {
        const [a, b] = [ipRangeOf(inner), ipRangeOf(outer)];
        return ipVersionOf(inner) === ipVersionOf(outer) && b.first <= a.first && a.last <= b.last;
      };
      for (const each of prefixes) assert.equal(kept.filter((other) => isInside(each, other)).length, 1);
      for (const each of kept) assert.equal(kept.filter((other) => isInside(each, other)).length, 1);
      const places = kept.map((each) => prefixes.indexOf(each));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
    }),
  );
});
