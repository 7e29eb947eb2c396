import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Client, type MigrationDocument } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import { signal } from '@preact/signals';
import { followLastMigration } from './use-last-migration.ts';

/** Of a controller, the migration of one port. */
class OneMigration {
  isAway = false;
  asked = 0;
  endedAt: string | null = null;
  readonly client = new Client(async ({ path }) => {
    this.asked += 1;
    if (this.isAway) throw new SriovError('CONTROLLER_UNREACHABLE', 'Cannot reach the controller');
    const ports = [{ portId: 'p' }];
    const migration = { migrationId: 'm', ports, startedAt: '2026-01-02T03:04:05Z', endedAt: this.endedAt };
    const answer = path.includes('/migrations/m') ? migration : { migrations: [migration], next: null };
    return { status: 200, body: JSON.stringify(answer) };
  });
}

async function follow(test: TestContext, controller: OneMigration) {
  test.mock.timers.enable({ apis: ['setTimeout'] });
  const last = signal<MigrationDocument | null | undefined>(undefined);
  const stop = followLastMigration(controller.client, 'p', 'fish', last);
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 10; turns += 1) await turn();
  };
  const wait = async (): Promise<void> => {
    test.mock.timers.tick(1000);
    await settle();
  };
  await settle();
  return { shown: () => last.value, stop, wait };
}

describe('followLastMigration()', () => {
  it('shows one that is under way, though the first look has failed', async (test: TestContext) => {
    const controller = new OneMigration();
    controller.isAway = true;
    const { shown, wait, stop } = await follow(test, controller);
    assert.equal(shown(), null, 'the rest of the page is shown');
    await wait();
    controller.isAway = false;
    await wait();
    assert.equal(shown()?.migrationId, 'm');
    stop();
  });

  it('looks on until it has ended, over looks that fail', async (test: TestContext) => {
    const controller = new OneMigration();
    const { shown, wait } = await follow(test, controller);
    controller.isAway = true;
    await wait();
    assert.equal(shown()?.endedAt, null);
    controller.isAway = false;
    controller.endedAt = '2026-01-02T03:05:00Z';
    await wait();
    assert.equal(shown()?.endedAt, controller.endedAt);
    const { asked } = controller;
    await wait();
    assert.equal(controller.asked, asked);
  });

  it('looks no more for what nobody looks at', async (test: TestContext) => {
    const controller = new OneMigration();
    const { wait, stop } = await follow(test, controller);
    stop();
    const { asked } = controller;
    await wait();
    assert.equal(controller.asked, asked);
  });
});
