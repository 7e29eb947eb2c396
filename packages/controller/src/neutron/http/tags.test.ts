import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { member, NeutronRig } from '../testing/index.ts';

const OWNER = member('blue');

describe('tags', () => {
  let rig: NeutronRig;
  let at: string;
  beforeEach(async () => {
    rig = await NeutronRig.start({}, []);
    at = `networks/${(await rig.make('networks', 'network', {}, OWNER)).id}`;
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const kept = async () => {
    const { tags, revision_number: revision } = await rig.show(at);
    return { tags, revision };
  };
  const putAll = (tags: unknown, asker = OWNER) => rig.put(`${at}/tags`, { tags }, asker);
  const putOne = (tag: string) => rig.request('PUT', `${at}/tags/${tag}`, null, OWNER);

  it('are put, looked for and taken away, all or one, each change a revision', async () => {
    assert.deepEqual(await kept(), { tags: [], revision: 1 });
    assert.deepEqual(await putAll(['red', 'blue']), { status: 200, body: { tags: ['red', 'blue'] } });
    assert.deepEqual(await kept(), { tags: ['red', 'blue'], revision: 2 });
    assert.equal((await putOne('green')).status, 201);
    assert.deepEqual((await rig.get(`${at}/tags`, OWNER)).body, { tags: ['red', 'blue', 'green'] });
    // Once more is no change.
    assert.equal((await putOne('green')).status, 201);
    assert.equal((await putAll(['green', 'blue', 'red'])).status, 200);
    assert.equal((await kept()).revision, 3);
    assert.equal((await rig.get(`${at}/tags/red`, OWNER)).status, 204);
    assert.equal((await rig.delete(`${at}/tags/red`, OWNER)).status, 204);
    assert.equal(
      await rig.refused(rig.get(`${at}/tags/red`, OWNER), 404, 'TagNotFound'),
      'Tag red could not be found.',
    );
    await rig.refused(rig.delete(`${at}/tags/red`, OWNER), 404, 'TagNotFound');
    assert.equal((await rig.delete(`${at}/tags`, OWNER)).status, 204);
    assert.deepEqual(await kept(), { tags: [], revision: 5 });
  });

  it('are found by lists', async () => {
    const other = await rig.make('networks', 'network', {}, OWNER);
    await putAll(['red', 'blue']);
    await rig.put(`networks/${other.id}/tags`, { tags: ['red'] }, OWNER);
    const count = async (query: string) => (await rig.list(`networks?${query}`)).length;
    assert.equal(await count('tags=red'), 2);
    assert.equal(await count('tags=red,blue'), 1);
    assert.equal(await count('tags-any=blue,green'), 1);
    assert.equal(await count('not-tags=red,blue'), 1);
    assert.equal(await count('not-tags-any=red'), 0);
  });

  const bad: readonly { name: string; tags: unknown; says: RegExp }[] = [
    { name: 'that are no list', tags: 'red', says: /'red' is not a list/ },
    { name: 'that are no text', tags: [5], says: /'5' is not a valid string/ },
    { name: 'that are there twice', tags: ['a', 'a'], says: /Duplicate items in the list/ },
    { name: 'that are too long', tags: ['x'.repeat(61)], says: /exceeds maximum length of 60/ },
  ];
  for (const { name, tags, says } of bad) {
    it(`refuses tags ${name}`, async () => {
      assert.match(await rig.refused(putAll(tags), 400, 'InvalidInput'), says);
      assert.deepEqual(await kept(), { tags: [], revision: 1 });
    });
  }

  it('refuses a body without tags, and a tag that is too long', async () => {
    await rig.refused(rig.put(`${at}/tags`, { labels: [] }, OWNER), 400, 'InvalidInput');
    await rig.refused(putOne('x'.repeat(61)), 400, 'InvalidInput');
  });

  it('are set by whoever may change the object', async () => {
    const other = member('green');
    await rig.refused(putAll(['x'], other), 404, 'NetworkNotFound');
    await rig.put(at, { network: { shared: true } });
    assert.equal(
      await rig.refused(putAll(['x'], other), 403, 'PolicyNotAuthorized'),
      'rule:update_networks_tags is disallowed by policy',
    );
    const reader = { 'x-project-id': 'blue', 'x-roles': 'reader' };
    await rig.refused(putAll(['x'], reader), 403, 'PolicyNotAuthorized');
    await rig.refused(rig.delete(`${at}/tags`, reader), 403, 'PolicyNotAuthorized');
  });

  const tagged: readonly { name: string; make: (networkId: string) => Promise<string> }[] = [
    { name: 'networks', make: async (networkId) => `networks/${networkId}` },
    {
      name: 'subnets',
      make: async (networkId) => {
        const values = { network_id: networkId, ip_version: 4, cidr: '10.0.0.0/24' };
        return `subnets/${(await rig.make('subnets', 'subnet', values)).id}`;
      },
    },
    {
      name: 'ports',
      make: async (networkId) => `ports/${(await rig.make('ports', 'port', { network_id: networkId })).id}`,
    },
    {
      name: 'security groups',
      make: async () => `security-groups/${(await rig.make('security-groups', 'security_group', {})).id}`,
    },
    {
      name: 'policies, by Neutron’s path',
      make: async () => `policies/${(await rig.make('qos/policies', 'policy', {})).id}`,
    },
    {
      name: 'policies, by their own',
      make: async () => `qos/policies/${(await rig.make('qos/policies', 'policy', {})).id}`,
    },
  ];
  for (const { name, make } of tagged) {
    it(`are there for ${name}`, async () => {
      const path = await make((await rig.make('networks', 'network', {})).id);
      assert.equal((await rig.put(`${path}/tags`, { tags: ['x'] })).status, 200);
      assert.deepEqual((await rig.get(`${path}/tags`)).body, { tags: ['x'] });
    });
  }
});
