import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { listen } from '../../http/index.ts';
import type { Resource } from '../framework/index.ts';
import { ADDRESS_GROUP } from '../resources/address-group.ts';
import { ADDRESS_SCOPE } from '../resources/address-scope.ts';
import { NETWORK } from '../resources/network.ts';
import { PORT } from '../resources/port.ts';
import { QOS_POLICY } from '../resources/qos-policy.ts';
import { RBAC_POLICY } from '../resources/rbac-policy.ts';
import { SECURITY_GROUP } from '../resources/security-group.ts';
import { SECURITY_GROUP_RULE } from '../resources/security-group-rule.ts';
import { SEGMENT } from '../resources/segment.ts';
import { SUBNET } from '../resources/subnet.ts';
import { SUBNETPOOL } from '../resources/subnetpool.ts';
import { TRUNK } from '../resources/trunk.ts';
import { DATABASES, type DatabaseRig } from '../../testing/index.ts';
import { ApiRig } from '../testing/index.ts';

type Tabled = Pick<Resource, 'name' | 'path' | 'attributes' | 'rules'>;

/** Values that one type or another would take, and some that none should. */
const NASTY: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  0.5,
  '',
  ' ',
  '\0',
  '\ud800',
  'x'.repeat(300),
  "'; DROP TABLE object; --",
  'a\r\nset-cookie: b',
  '../../etc/passwd',
  '00000000-0000-0000-0000-000000000000',
  '10.0.0.0/33',
  '::/0',
  'ff:ff:ff:ff:ff:ff',
  [],
  [null],
  [[[]]],
  ['x', 'x'],
  {},
  { x: 1 },
  { constructor: { prototype: 1 } },
];

const INJECTIONS = [
  "'; DROP TABLE object; --",
  '" OR 1=1',
  '%',
  '_',
  '\\',
  'a\r\nset-cookie: b',
  '<b>&amp;',
  '☃',
];

for (const { name: database, skip, open } of DATABASES) {
  describe(`the API with bad input, on ${database}`, { skip }, () => {
    let databases: DatabaseRig;
    let api: ApiRig;
    let url: string;
    /** What each resource needs to be made at all. */
    const needs = new Map<Tabled, Readonly<Record<string, unknown>>>();

    before(async () => {
      databases = await open();
      const quotas = { network: -1, port: -1, security_group: -1, security_group_rule: -1 };
      api = await ApiRig.open({ quotas }, [], await databases.createDatabase());
      url = await listen(api.controller.server, { host: '127.0.0.1', port: 0 });
      const network = { network_id: (await api.create('admin', 'networks', { network: {} })).id };
      const port = { port_id: (await api.create('admin', 'ports', { port: network })).id };
      const group = await api.create('admin', 'security-groups', { security_group: {} });
      needs.set(NETWORK, {});
      const other = { network_id: (await api.create('admin', 'networks', { network: {} })).id };
      needs.set(SUBNET, { ...other, cidr: '10.0.0.0/24' });
      needs.set(PORT, network);
      needs.set(SEGMENT, { ...network, network_type: 'vlan' });
      needs.set(SECURITY_GROUP, {});
      needs.set(SECURITY_GROUP_RULE, { security_group_id: group.id, direction: 'ingress' });
      needs.set(ADDRESS_GROUP, {});
      needs.set(ADDRESS_SCOPE, { ip_version: 4 });
      needs.set(SUBNETPOOL, { name: 'pool', prefixes: ['10.0.0.0/8'] });
      needs.set(QOS_POLICY, { name: 'gold' });
      needs.set(TRUNK, port);
      needs.set(RBAC_POLICY, {
        object_type: 'network',
        object_id: network.network_id,
        action: 'access_as_shared',
        target_tenant: 'p9',
      });
    });
    after(async () => {
      await api.close();
      await databases.dispose();
    });

    const send = async (method: 'POST' | 'PUT' | 'GET', at: string, payload?: string) => {
      const answer = await api.controller.server.inject({
        method,
        url: `/v2.0/${at}`,
        ...(payload === undefined ? {} : { payload }),
      });
      return { status: answer.statusCode, body: answer.body };
    };
    const idOf = (body: string, name: string): string => {
      const { id } = (JSON.parse(body) as Record<string, { id: string } | undefined>)[name] ?? {};
      assert.ok(id !== undefined, `${name}: ${body}`);
      return id;
    };
    const isAnswered = ({ status }: { readonly status: number }): boolean =>
      [200, 201, 400, 403, 404, 409].includes(status);

    it('any value of any attribute is taken or refused, and breaks nothing', async () => {
      for (const [{ name, path, attributes, rules }, given] of needs) {
        const made = await send('POST', path, JSON.stringify({ [name]: given }));
        const id = idOf(made.body, name);
        for (const attribute of Object.keys(attributes)) {
          const values = [...NASTY, ...fc.sample(fc.jsonValue({ maxDepth: 3 }), { numRuns: 4, seed: 7 })];
          for (const value of values) {
            const body = JSON.stringify({ [name]: { ...given, [attribute]: value } });
            const post = await send('POST', path, body);
            assert.ok(isAnswered(post), `POST ${path} ${body}: ${JSON.stringify(post)}`);
            // What was made goes again: there are not VLANs for so many networks.
            if (post.status === 201) await api.remove('admin', `${path}/${idOf(post.body, name)}`);
            if (rules.update === null) continue;
            const change = JSON.stringify({ [name]: { [attribute]: value } });
            const put = await send('PUT', `${path}/${id}`, change);
            assert.ok(isAnswered(put), `PUT ${path} ${change}: ${JSON.stringify(put)}`);
          }
        }
      }
    });

    it('any query is answered or refused', async () => {
      const words = fc.constantFrom(
        'name',
        'id',
        'limit',
        'marker',
        'fields',
        'sort_key',
        'tags',
        'shared',
        '__proto__',
        'constructor',
      );
      const query = fc.array(
        fc.tuple(words, fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\0', '-1', "' OR 1=1"))),
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...needs.keys()), query, async ({ path }, pairs) => {
          const answer = await send('GET', `${path}?${new URLSearchParams(pairs).toString()}`);
          assert.ok(isAnswered(answer), JSON.stringify([path, pairs, answer]));
        }),
        { numRuns: 300 },
      );
    });

    it('text that means something to SQL or HTTP is kept as it is, found again, and touches nothing else', async () => {
      for (const [resource, given] of needs) {
        const { name, path, attributes, rules } = resource;
        // Segments and policies are for administrators, and a port is in one trunk.
        const isForAll = rules.create === 'member' && name !== 'trunk';
        if (attributes['name']?.isForCreate !== true || !isForAll) continue;
        for (const [index, text] of INJECTIONS.entries()) {
          const unique = name === 'subnet' ? { cidr: `10.${index + 1}.0.0/24` } : {};
          const values = { ...given, ...unique, name: text, description: text };
          const { description: _, ...plain } = values;
          const body = { [name]: 'description' in attributes ? values : plain };
          const made = await api.create(
            'p5',
            path,
            name === 'subnet' || name === 'port' ? await inOwnNetwork(name, body) : body,
          );
          const found = await api.list('p5', `${path}?${new URLSearchParams({ name: text }).toString()}`);
          assert.deepEqual(
            found.map(({ id }) => id),
            [made.id],
            `${name} "${text}"`,
          );
          assert.equal(found[0]?.['name'], text);
        }
        assert.ok((await api.list('p5', path)).length >= INJECTIONS.length);
      }
    });

    const inOwnNetwork = async (name: string, body: Readonly<Record<string, object>>) => {
      const network = await api.create('p5', 'networks', { network: { description: 'own' } });
      return { [name]: { ...body[name], network_id: network.id } };
    };

    for (const { name, payload, want } of [
      { name: 'no JSON', payload: '{"network": {', want: 400 },
      { name: 'brackets 100,000 deep', payload: '['.repeat(100_000), want: 400 },
      { name: 'a deep object', payload: `${'{"network":'.repeat(5000)}1${'}'.repeat(5000)}`, want: 400 },
      { name: '__proto__', payload: '{"network": {"__proto__": {"isAdmin": true}}}', want: 400 },
      { name: 'an attribute that is unknown', payload: '{"network": {"nonesuch": 1}}', want: 400 },
      { name: 'a number beyond all numbers', payload: '{"network": {"mtu": 1e999}}', want: 400 },
      { name: 'half a character', payload: String.raw`{"network": {"name": "\ud800"}}`, want: 400 },
      { name: 'a null character', payload: String.raw`{"network": {"name": "\u0000"}}`, want: 400 },
      { name: '20 MB', payload: `{"network": {"name": "${'x'.repeat(20_000_000)}"}}`, want: 413 },
    ]) {
      it(`a body with ${name} is refused: ${want}`, async () => {
        assert.equal((await send('POST', 'networks', payload)).status, want);
      });
    }

    it('a path with a null character finds nothing', async () => {
      assert.equal((await send('GET', 'ports/%00')).status, 404);
    });

    it('100,000 ids in a query are refused before anything is looked up', async () => {
      const id = 'id=00000000-0000-0000-0000-000000000000';
      const answer = await fetch(`${url}/v2.0/ports?${Array.from({ length: 100_000 }, () => id).join('&')}`);
      assert.equal(answer.status, 431);
      assert.equal((await fetch(`${url}/v2.0/networks?fields=id`)).status, 200);
    });
  });
}
