import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatNetwork, type IpNetwork, networkOf, parseNetwork } from './address.ts';
import { compactNetworks, subtractNetworks } from './network-set.ts';

const read = (...texts: readonly string[]): readonly IpNetwork[] =>
  texts.map((text) => {
    const network = parseNetwork(text);
    assert.ok(network !== null);
    return network;
  });

/** Within 16 addresses, so that sets can be compared address by address. */
const networks = fc.array(
  fc
    .tuple(fc.bigInt(0n, 15n), fc.integer({ min: 28, max: 32 }))
    .map(([number, length]) => networkOf({ version: 4, number }, length)),
  { maxLength: 8 },
);

const addressesOf = (set: readonly IpNetwork[]): ReadonlySet<bigint> =>
  new Set(
    set.flatMap(({ first, last }) =>
      Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
    ),
  );

describe('compactNetworks()', () => {
  it('joins halves, and leaves out what is in another', () => {
    const given = read('10.0.1.0/24', '10.0.0.0/25', '10.0.0.128/25', '10.0.0.5/32', '10.0.2.0/24');
    assert.deepEqual(compactNetworks(given).map(formatNetwork), ['10.0.0.0/23', '10.0.2.0/24']);
  });

  it('keeps exactly the addresses, each in one prefix', () => {
    fc.assert(
      fc.property(networks, (given) => {
        const compact = compactNetworks(given);
        assert.deepEqual(addressesOf(compact), addressesOf(given));
        const total = compact.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
        assert.equal(Number(total), addressesOf(given).size);
      }),
    );
  });
});

describe('subtractNetworks()', () => {
  it('leaves the addresses of the first that are not in the second', () => {
    fc.assert(
      fc.property(networks, networks, (from, taken) => {
        const left = addressesOf(subtractNetworks(from, taken));
        const gone = addressesOf(taken);
        assert.deepEqual(left, new Set([...addressesOf(from)].filter((address) => !gone.has(address))));
      }),
    );
  });
});
