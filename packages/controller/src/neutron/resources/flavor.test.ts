import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { member, NeutronRig } from '../testing/index.ts';

const OWNER = member('blue');

describe('flavors and service profiles', () => {
  let rig: NeutronRig;
  beforeEach(async () => {
    rig = await NeutronRig.start({}, []);
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const flavor = () => rig.make('flavors', 'flavor', { name: 'gold', service_type: 'LOADBALANCER' });
  const profile = () => rig.make('service_profiles', 'service_profile', { metainfo: '{}' });

  it('are kept, changed and deleted', async () => {
    const { id } = await flavor();
    const shown = {
      id,
      name: 'gold',
      description: '',
      service_type: 'LOADBALANCER',
      enabled: true,
      service_profiles: [],
    };
    assert.deepEqual(await rig.show(`flavors/${id}`), shown);
    assert.deepEqual((await rig.put(`flavors/${id}`, { flavor: { enabled: 'false' } })).body, {
      flavor: { ...shown, enabled: false },
    });
    assert.deepEqual(await rig.list('flavors?enabled=True'), []);
    const { id: profileId } = await profile();
    assert.deepEqual(await rig.show(`service_profiles/${profileId}`), {
      id: profileId,
      description: '',
      driver: '',
      metainfo: '{}',
      enabled: true,
    });
    assert.equal((await rig.delete(`flavors/${id}`)).status, 204);
    assert.equal((await rig.delete(`service_profiles/${profileId}`)).status, 204);
    await rig.refused(rig.get(`flavors/${id}`), 404, 'FlavorNotFound');
    await rig.refused(rig.get(`service_profiles/${profileId}`), 404, 'ServiceProfileNotFound');
  });

  it('are joined, and a profile in use stays as it is', async () => {
    const { id } = await flavor();
    const { id: profileId } = await profile();
    const at = `flavors/${id}/service_profiles`;
    await rig.refused(rig.get(`flavors/${id}/next_providers`), 404, 'FlavorServiceProfileBindingNotFound');
    const join = () => rig.post(at, { service_profile: { id: profileId } });
    assert.equal((await join()).status, 201);
    assert.deepEqual((await rig.show(`flavors/${id}`))['service_profiles'], [profileId]);
    assert.deepEqual((await rig.get(`${at}/${profileId}`)).body, {
      service_profile: { service_profile_id: profileId, flavor_id: id },
    });
    await rig.refused(rig.get(`flavors/${id}/next_providers`), 404, 'ServiceProfileDriverNotFound');
    await rig.refused(join(), 409, 'FlavorServiceProfileBindingExists');
    await rig.refused(rig.delete(`service_profiles/${profileId}`), 409, 'ServiceProfileInUse');
    await rig.refused(
      rig.put(`service_profiles/${profileId}`, { service_profile: { metainfo: 'x' } }),
      409,
      'ServiceProfileInUse',
    );
    assert.equal((await rig.delete(`${at}/${profileId}`)).status, 204);
    await rig.refused(rig.delete(`${at}/${profileId}`), 404, 'FlavorServiceProfileBindingNotFound');
    assert.equal((await rig.delete(`service_profiles/${profileId}`)).status, 204);
  });

  const bad: readonly {
    name: string;
    at: string;
    body: Record<string, object>;
    status: number;
    type: string;
  }[] = [
    {
      name: 'a flavor of no service',
      at: 'flavors',
      body: { flavor: { name: 'x' } },
      status: 400,
      type: 'HTTPBadRequest',
    },
    {
      name: 'a profile that says nothing',
      at: 'service_profiles',
      body: { service_profile: {} },
      status: 400,
      type: 'ServiceProfileEmpty',
    },
    {
      name: 'a profile of a driver that is not there',
      at: 'service_profiles',
      body: { service_profile: { driver: 'haproxy' } },
      status: 404,
      type: 'ServiceProfileDriverNotFound',
    },
  ];
  for (const { name, at, body, status, type } of bad) {
    it(`refuses ${name}`, async () => {
      await rig.refused(rig.post(at, body), status, type);
    });
  }

  it('are made by administrators; members see flavors, and no profiles', async () => {
    const { id } = await flavor();
    const { id: profileId } = await profile();
    assert.equal((await rig.list('flavors', OWNER)).length, 1);
    assert.deepEqual(await rig.list('service_profiles', OWNER), []);
    await rig.refused(rig.get(`service_profiles/${profileId}`, OWNER), 404, 'ServiceProfileNotFound');
    await rig.refused(rig.delete(`flavors/${id}`, OWNER), 403, 'PolicyNotAuthorized');
    await rig.refused(
      rig.post(`flavors/${id}/service_profiles`, { service_profile: { id: profileId } }, OWNER),
      403,
      'PolicyNotAuthorized',
    );
  });
});

describe('what is not configured', () => {
  const lists = ['availability_zones', 'service-providers'];
  for (const at of lists) {
    it(`${at} are an empty list, which may be filtered`, async () => {
      await using rig = await NeutronRig.start({}, []);
      assert.deepEqual(await rig.get(`${at}?name=x`, OWNER), {
        status: 200,
        body: { [at.replace('-', '_')]: [] },
      });
      await rig.refused(rig.get(`${at}?colour=x`, OWNER), 400, 'HTTPBadRequest');
    });
  }
});
