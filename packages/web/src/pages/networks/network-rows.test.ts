import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Network, Port, Subnet } from '../../neutron/index.ts';
import { networkRows } from './network-rows.ts';

// Only what the function looks at.
const network = (id: string, name: string | null): Network => ({ id, name }) as Network;
const port = (networkId: string): Port => ({ networkId }) as Port;
const subnet = (id: string, networkId: string): Subnet => ({ id, networkId }) as Subnet;

describe('networkRows()', () => {
  const networks = [network('c', 'net-10'), network('b', 'net-9'), network('a', null)];

  it('is ordered as people count, and those without a name by their ids', () => {
    const rows = networkRows(networks, [], []);
    assert.deepEqual(
      rows.map((row) => row.network.id),
      ['a', 'b', 'c'],
    );
  });

  it('counts what is on each', () => {
    const rows = networkRows(networks, [subnet('s', 'b')], [port('b'), port('c'), port('b')]);
    assert.deepEqual(
      rows.map(({ subnets, ports }) => [subnets?.length, ports]),
      [
        [0, 0],
        [1, 2],
        [0, 1],
      ],
    );
  });

  it('says nothing of what is not known yet', () => {
    const [row] = networkRows(networks, null, null);
    assert.deepEqual([row?.subnets, row?.ports], [null, null]);
  });
});
