import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { member, NeutronRig } from '../testing/index.ts';

const OWNER = member('blue');
const QUOTAS = { network: 3, subnet: 100, port: 5, security_group: 10, security_group_rule: 100 };

describe('quotas', () => {
  let rig: NeutronRig;
  beforeEach(async () => {
    rig = await NeutronRig.start({ quotas: QUOTAS }, []);
  });
  afterEach(() => rig[Symbol.asyncDispose]());

  const set = (values: object, asker?: ReturnType<typeof member>) =>
    rig.put('quotas/blue', { quota: values }, asker);

  it('are the usual ones until a project has its own, and again afterwards', async () => {
    assert.deepEqual((await rig.get('quotas/blue')).body, { quota: QUOTAS });
    assert.deepEqual((await rig.get('quotas')).body, { quotas: [] });
    assert.deepEqual(await set({ port: 1 }), { status: 200, body: { quota: { ...QUOTAS, port: 1 } } });
    assert.deepEqual((await set({ network: -1 })).body, { quota: { ...QUOTAS, port: 1, network: -1 } });
    assert.deepEqual((await rig.get('quotas')).body, {
      quotas: [{ ...QUOTAS, port: 1, network: -1, project_id: 'blue', tenant_id: 'blue' }],
    });
    assert.deepEqual((await rig.get('quotas/blue/default')).body, { quota: QUOTAS });
    assert.deepEqual(await rig.delete('quotas/blue'), { status: 204, body: null });
    assert.deepEqual((await rig.get('quotas/blue')).body, { quota: QUOTAS });
    assert.equal(
      await rig.refused(rig.delete('quotas/blue'), 404, 'TenantQuotaNotFound'),
      'Quota for tenant blue could not be found.',
    );
  });

  it('hold, count what is there, and are given back', async () => {
    const net = await rig.make('networks', 'network', {}, OWNER);
    const port = await rig.make('ports', 'port', { network_id: net.id }, OWNER);
    await set({ port: 1 });
    const another = () => rig.post('ports', { port: { network_id: net.id } }, OWNER);
    assert.equal(await rig.refused(another(), 409, 'OverQuota'), "Quota exceeded for resources: ['port'].");
    const detailsOf = async () => (await rig.show('quotas/blue/details', OWNER))['port'];
    assert.deepEqual(await detailsOf(), { limit: 1, used: 1, reserved: 0 });
    await rig.delete(`ports/${port.id}`, OWNER);
    assert.deepEqual(await detailsOf(), { limit: 1, used: 0, reserved: 0 });
    assert.equal((await another()).status, 201);
  });

  it('go below what is used only where that is not to be checked', async () => {
    await rig.make('networks', 'network', {}, OWNER);
    assert.equal(
      await rig.refused(set({ network: 0, check_limit: true }), 400, 'HTTPBadRequest'),
      'Quota limit 0 for network must be greater than or equal to already used 1',
    );
    assert.equal((await set({ network: -1, check_limit: true })).status, 200);
    assert.equal((await set({ network: 0, force: true })).status, 200);
    await rig.refused(rig.post('networks', { network: {} }, OWNER), 409, 'OverQuota');
  });

  const bad: readonly { name: string; given: object; says: RegExp }[] = [
    { name: 'of what is not counted', given: { router: 5 }, says: /Unrecognized attribute\(s\) 'router'/ },
    { name: 'that are no number', given: { port: 'many' }, says: /'many' is not an integer/ },
    { name: 'below none', given: { port: -2 }, says: /'-2' is too small/ },
  ];
  for (const { name, given, says } of bad) {
    it(`are refused if they are limits ${name}`, async () => {
      assert.match(await rig.refused(set(given), 400, 'HTTPBadRequest'), says);
    });
  }

  it('are seen by the members of their project, and set by administrators', async () => {
    assert.deepEqual((await rig.get('quotas/blue', OWNER)).body, { quota: QUOTAS });
    assert.deepEqual((await rig.get('quotas/tenant', OWNER)).body, { tenant: { tenant_id: 'blue' } });
    assert.deepEqual((await rig.get('quotas/project', OWNER)).body, { project: { project_id: 'blue' } });
    for (const at of ['quotas', 'quotas/green', 'quotas/green/default', 'quotas/green/details']) {
      const message = await rig.refused(rig.get(at, OWNER), 403, 'PolicyNotAuthorized');
      assert.equal(message, 'rule:get_quota is disallowed by policy');
    }
    await rig.refused(set({ port: 7 }, OWNER), 403, 'PolicyNotAuthorized');
    await rig.refused(rig.delete('quotas/blue', OWNER), 403, 'PolicyNotAuthorized');
  });
});
