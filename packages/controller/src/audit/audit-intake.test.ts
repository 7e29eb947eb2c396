import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NeutronRig, member } from '../neutron/testing/index.ts';
import { listSteps, pruneChanges, pruneSteps, readLogPosition, type StoredStep } from '../store/index.ts';
import { AuditIntake } from './index.ts';
import { ANY_STEP } from '../testing/index.ts';

const stepsOf = ({ store }: NeutronRig): Promise<readonly StoredStep[]> =>
  store.read('list', (db) => listSteps(db, ANY_STEP));

describe('AuditIntake', () => {
  it('catchUp() keeps who asked for each change once, and nothing of what was refused or only read', async () => {
    await using rig = await NeutronRig.start();
    const ada = member('p1');
    const network = await rig.make('networks', 'network', { name: 'n' }, ada);
    await rig.put(`networks/${network.id}`, { network: { name: 'm' } }, ada);
    await rig.refused(
      rig.post('networks', { network: { 'provider:network_type': 'vlan' } }, ada),
      403,
      'PolicyNotAuthorized',
    );
    await rig.list('networks', ada);
    await rig.delete(`networks/${network.id}`);
    const intakes = [new AuditIntake(rig.store), new AuditIntake(rig.store)];
    await Promise.all(intakes.map((intake) => intake.catchUp()));
    await intakes[0]?.catchUp();
    const steps = (await stepsOf(rig)).toReversed();
    assert.deepEqual(
      steps.map(({ text, actor }) => [text, actor.kind === 'user' ? actor.projectId : null]),
      [
        [`create network ${network.id}`, 'p1'],
        [`update network ${network.id}`, 'p1'],
        [`delete network ${network.id}`, 'admin-project'],
      ],
    );
    assert.ok(steps.every(({ cause }) => cause.startsWith('req-')));
  });

  it('catchUp() keeps which agent was switched off and deleted', async () => {
    await using rig = await NeutronRig.start({ hostGoneAfterMs: 75_000 });
    const [agent] = await rig.list('agents?host=compute2');
    const at = `agents/${agent?.id}`;
    assert.equal((await rig.put(at, { agent: { admin_state_up: false } })).status, 200);
    rig.advance(80_000);
    assert.equal((await rig.delete(at)).status, 204);
    await new AuditIntake(rig.store).catchUp();
    const steps = (await stepsOf(rig)).toReversed();
    assert.deepEqual(
      steps.map(({ text, hostId }) => [text, hostId]),
      [
        ['update agent compute2', 'compute2'],
        ['delete agent compute2', 'compute2'],
      ],
    );
  });

  it('catchUp() takes in more than one write holds', async () => {
    await using rig = await NeutronRig.start();
    const intake = new AuditIntake(rig.store);
    const groups = Array.from({ length: 450 }, (_, number) =>
      rig.make('address-groups', 'address_group', { name: `g${number}` }),
    );
    await Promise.all(groups);
    await intake.catchUp();
    const ids = (await stepsOf(rig)).map(({ object }) => object?.id);
    assert.deepEqual(new Set(ids), new Set((await Promise.all(groups)).map(({ id }) => id)));
    assert.equal(ids.length, 450);
  });
});

describe('Retention', () => {
  const NEVER = new Date(0);
  it('pruneSteps() keeps the newest, and numbers go on from there', async () => {
    await using rig = await NeutronRig.start();
    const intake = new AuditIntake(rig.store);
    for (const name of ['a', 'b', 'c', 'd']) await rig.make('networks', 'network', { name });
    await intake.catchUp();
    await rig.store.write('prune', (write) => pruneSteps(write, { before: NEVER, most: 2 }));
    const [newest] = await stepsOf(rig);
    assert.equal((await stepsOf(rig)).length, 2);
    rig.advance(60_000);
    await rig.store.write('prune', (write) => pruneSteps(write, { before: write.at, most: 100 }));
    assert.deepEqual(await stepsOf(rig), [newest]);
    await rig.make('networks', 'network', { name: 'e' });
    await intake.catchUp();
    assert.equal((await stepsOf(rig))[0]?.id, (newest?.id ?? 0) + 1);
  });

  it('pruneChanges() forgets nothing that the audit log does not have, and says from where on it knows', async () => {
    await using rig = await NeutronRig.start();
    await rig.make('networks', 'network', { name: 'a' });
    const whole = await rig.store.since(0, 1000);
    const prune = (): Promise<boolean> =>
      rig.store.write('prune', (write) => pruneChanges(write, { before: NEVER, most: 0 }));
    await prune();
    assert.deepEqual(await rig.store.since(0, 1000), whole);
    const intake = new AuditIntake(rig.store);
    await intake.catchUp();
    await prune();
    const forgotten = await rig.store.read('read', (db) => readLogPosition(db, 'forgotten'));
    assert.equal(forgotten, whole.at(-1)?.revision);
    assert.ok((await rig.store.since(0, 1000)).every(({ revision }) => revision > forgotten));
    assert.equal((await stepsOf(rig)).length, 1);
  });
});
