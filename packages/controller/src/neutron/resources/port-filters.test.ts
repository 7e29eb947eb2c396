import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readListQuery } from '../framework/index.ts';
import { splitFilters } from '../framework/filters.ts';
import { NeutronRig } from '../testing/index.ts';
import { PORT } from './port.ts';

const split = (search: string) => splitFilters(PORT, readListQuery(PORT, new URLSearchParams(search)));

describe('ports by their addresses', () => {
  const found: readonly { name: string; search: string; fields: readonly string[]; tests: number }[] = [
    {
      name: 'an address by the index alone',
      search: 'fixed_ips=ip_address=10.0.0.5&fixed_ips=ip_address=10.0.0.6',
      fields: ['fixed_ips.ip_address'],
      tests: 0,
    },
    {
      name: 'a subnet by the index alone',
      search: 'fixed_ips=subnet_id=s',
      fields: ['fixed_ips.subnet_id'],
      tests: 0,
    },
    {
      name: 'an address in a subnet by the index, and looks whether they are one entry',
      search: 'fixed_ips=ip_address=10.0.0.5&fixed_ips=subnet_id=s',
      fields: ['fixed_ips.ip_address', 'fixed_ips.subnet_id'],
      tests: 1,
    },
    {
      name: 'a part of an address in a subnet among those of the subnet',
      search: 'fixed_ips=ip_address_substr=10.&fixed_ips=subnet_id=s',
      fields: ['fixed_ips.subnet_id'],
      tests: 1,
    },
    {
      name: 'a part of an address among all ports',
      search: 'fixed_ips=ip_address_substr=10.',
      fields: [],
      tests: 1,
    },
  ];
  for (const { name, search, fields, tests } of found) {
    it(`are found: ${name}`, () => {
      const { where, tests: asked } = split(search);
      assert.deepEqual([where.map(({ field }) => field), asked.length], [fields, tests]);
    });
  }

  it('are those that have one address of all that is asked', async () => {
    await using rig = await NeutronRig.start();
    const { id: network_id } = await rig.make('networks', 'network', {});
    const subnet = (third: number) =>
      rig.make('subnets', 'subnet', { network_id, ip_version: 4, cidr: `10.0.${third}.0/24` });
    const [low, high] = [await subnet(0), await subnet(1)];
    const port = async (...fixed_ips: readonly object[]): Promise<string> =>
      (await rig.make('ports', 'port', { network_id, fixed_ips })).id;
    const at = (of: typeof low, ip_address: string) => ({ subnet_id: of.id, ip_address });
    const one = await port(at(low, '10.0.0.5'));
    const two = await port(at(low, '10.0.0.6'), at(high, '10.0.1.5'));
    await port();

    const cases: readonly { search: readonly string[]; want: readonly string[] }[] = [
      { search: ['ip_address=10.0.0.5'], want: [one] },
      { search: ['ip_address=10.0.0.5', 'ip_address=10.0.1.5'], want: [one, two] },
      { search: ['ip_address=10.0.0.50'], want: [] },
      { search: [`subnet_id=${low.id}`], want: [one, two] },
      { search: [`subnet_id=${high.id}`], want: [two] },
      { search: [`subnet_id=${high.id}`, 'ip_address=10.0.1.5'], want: [two] },
      // It has an address in this subnet, and this address in another.
      { search: [`subnet_id=${high.id}`, 'ip_address=10.0.0.6'], want: [] },
      { search: ['ip_address_substr=.1.'], want: [two] },
      { search: ['ip_address_substr=0.5', `subnet_id=${low.id}`], want: [one] },
      { search: ['ip_address_substr=1.5', `subnet_id=${low.id}`], want: [] },
    ];
    for (const { search, want } of cases) {
      const query = search.map((each) => `fixed_ips=${each}`).join('&');
      const ports = await rig.list(`ports?${query}`);
      assert.deepEqual(new Set(ports.map(({ id }) => id)), new Set(want), query);
      const pages = await rig.list(`ports?${query}&limit=1`);
      assert.equal(pages.length, Math.min(1, want.length), query);
    }
    for (const bad of ['ip_address', 'mac=1', 'constructor=1'])
      assert.equal((await rig.get(`ports?fixed_ips=${bad}`)).status, 400, bad);
  });
});
