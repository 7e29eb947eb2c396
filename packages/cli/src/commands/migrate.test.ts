import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AttachmentDocument, Client, type MigrationDocument, type Transport } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import type { CommandContext } from '../command-context.ts';
import { runProgram } from '../program.ts';

const ID = '6f1c2a34-0c1e-4c9e-9a53-0d4d7b0f5e11';
const REASON = {
  code: 'MIGRATION_FAILED',
  message: 'Cannot move web1: libvirt refused',
  hint: 'Look at its log',
};

const ATTACHMENT: AttachmentDocument = {
  attachmentId: 'a1',
  portId: 'p1',
  projectId: 'x',
  hostId: 'compute1',
  pf: '0000:82:00.0',
  vfIndex: 1,
  pciAddress: '0000:82:10.2',
  physicalNetwork: 'physnet1',
  vnicType: 'direct',
  vm: { domainId: ID, name: 'web1', scope: 'live', standby: false, move: null },
  state: 'configured',
  settings: null,
  reason: null,
};

/** A controller that knows one machine with a port of each kind; its migration goes a step on whenever time goes by. */
class FakeController {
  readonly asked: string[] = [];
  attachments: AttachmentDocument[] = [
    ATTACHMENT,
    { ...ATTACHMENT, portId: 'p2', vnicType: 'macvtap' },
    { ...ATTACHMENT, portId: 'p3', vm: { ...ATTACHMENT.vm, standby: true } as AttachmentDocument['vm'] },
  ];
  #steps: Partial<MigrationDocument>[];
  #migration: MigrationDocument = {
    migrationId: 'm1',
    domainId: ID,
    vm: 'web1',
    from: 'compute1',
    to: 'compute2',
    state: 'preparing',
    ports: [{ portId: 'p1', kind: 'direct', sourceAttachmentId: 'a1', destinationAttachmentId: 'a2' }],
    reason: null,
    startedAt: '2026-01-02T03:04:05.000Z',
    movingAt: null,
    endedAt: null,
  };

  constructor(steps: Partial<MigrationDocument>[]) {
    this.#steps = steps;
  }

  /** Time goes by. */
  step(): void {
    this.#migration = { ...this.#migration, ...this.#steps.shift() };
    this.attachments = this.attachments.map((each) =>
      each.state === 'wanted' ? { ...each, state: 'configured' } : each,
    );
  }

  readonly transport: Transport = async ({ method, path, body }) => {
    this.asked.push(`${method} ${path}${body === null ? '' : ` ${body}`}`);
    return { status: 200, body: JSON.stringify(this.#answer(method, path)) };
  };

  #answer(method: string, path: string): object {
    if (path.startsWith('/v2.0/ports')) return { ports: [{ id: 'p1', name: 'web-1' }] };
    if (path.endsWith('/attach')) {
      this.attachments = [{ ...ATTACHMENT, state: 'wanted' }];
      return this.attachments[0] ?? {};
    }
    if (path.endsWith('/detach')) return { attachment: this.attachments[0] ?? null };
    if (path.includes('/attachments')) return { attachments: this.attachments, next: null };
    if (path.includes('/migrations?')) return { migrations: [this.#migration], next: null };
    if (method === 'DELETE') return { ...this.#migration, state: 'failed', reason: REASON };
    return this.#migration;
  }
}

async function run(line: string, controller: FakeController) {
  let out = '';
  let err = '';
  let exit: number | null = null;
  const context = {
    terminal: {
      out: (text: string) => void (out += `${text}\n`),
      err: (text: string) => void (err += `${text}\n`),
      width: null,
      colour: false,
    },
    connect: () => new Client(controller.transport),
    connectNeutron: () => new NeutronClient(controller.transport),
    sleep: async () => controller.step(),
    defaultEndpoint: 'http://127.0.0.1:9',
    exitWith: (status: number) => void (exit = status),
  } as unknown as CommandContext;
  const status = await runProgram(line.split(' '), context, '1.2.3');
  return { out, err, status: exit ?? status };
}

const MOVING = { state: 'moving', movingAt: '2026-01-02T03:04:07.000Z' } as const;
const DONE = { state: 'done', endedAt: '2026-01-02T03:04:10.500Z' } as const;
const FAILED = { state: 'failed', endedAt: '2026-01-02T03:04:10.500Z', reason: REASON } as const;

describe('virtfn migrate', () => {
  it('says before it begins what each port goes through, then how far it is, and how long it took', async () => {
    const { out, status } = await run('migrate web1 compute2', new FakeController([MOVING, {}, DONE]));
    assert.equal(status, 0);
    assert.equal(
      out,
      `Port p1 (direct) has no network from the moment its VF is unplugged until it is plugged at compute2
Port p2 (macvtap) pauses for a short time when the machine goes on at compute2
Port p3 (failover) goes on over its standby interface until it has a VF at compute2
preparing  a VF is set up at compute2
moving     web1 is on its way
done       its ports work there, and its VFs are given back here
Moved web1 from compute1 to compute2 in 5.5 s, 3.5 s of them on its way
`,
    );
  });

  it('fails with the reason when the machine stays where it is', async () => {
    const { err, status } = await run('migrate web1 compute2', new FakeController([MOVING, FAILED]));
    assert.equal(status, 1);
    assert.match(
      err,
      /web1 stays on compute1: Cannot move web1: libvirt refused \(MIGRATION_FAILED\)\nLook at/,
    );
  });

  for (const option of ['--no-wait', '--wait 2']) {
    it(`says with ${option} that it goes on, and exits with 3`, async () => {
      const { err, status } = await run(`migrate web1 compute2 ${option}`, new FakeController([MOVING]));
      assert.equal(status, 3);
      assert.match(err, /It goes on: .*`virtfn migration cancel m1`/);
    });
  }

  it('prints the migration alone with --json', async () => {
    const { out } = await run('migrate web1 compute2 --json', new FakeController([DONE]));
    assert.equal((JSON.parse(out) as MigrationDocument).state, 'done');
  });

  it('is listed, and given up', async () => {
    const controller = new FakeController([]);
    const list = await run('migration list --state preparing', controller);
    assert.match(list.out, /^2026-01-02T03:04:05Z +web1 +compute1 +compute2 +preparing +- +m1 +-$/m);
    const cancel = await run('migration cancel m1', controller);
    assert.equal(cancel.out, 'Gave it up: web1 stays on compute1\n');
    assert.ok(controller.asked.includes('DELETE /virtfn/v1/migrations/m1'));
  });
});

describe('virtfn attach and detach with --port', () => {
  it('attach waits until the host has read the port back in the machine', async () => {
    const controller = new FakeController([]);
    const { out, status } = await run('attach web1 --port web-1 --kind failover --scope live', controller);
    assert.equal(status, 0);
    assert.match(out, /^Attached port p1 on VF 1 of PF 0000:82:00\.0 of host compute1, VM web1: a1$/m);
    const body = '{"vm":"web1","hostId":null,"kind":"failover","scope":"live"}';
    assert.ok(controller.asked.includes(`POST /virtfn/v1/ports/p1/attach ${body}`));
  });

  it('attach exits with 3 when the host has not said so in time', async () => {
    const { out, status } = await run('attach web1 --port web-1 --wait 0', new FakeController([]));
    assert.equal(status, 3);
    assert.match(out, /^Not attached yet /);
  });

  it('detach asks for a port that is in the machine, and for no other', async () => {
    const controller = new FakeController([]);
    assert.match((await run('detach web1 --port web-1', controller)).out, /^Detaching port p1 on VF 1 /);
    controller.attachments = [];
    const { err, status } = await run('detach web1 --port web-1', controller);
    assert.equal(status, 1);
    assert.match(err, /port web-1: it is not in virtual machine web1 \(ATTACHMENT_UNKNOWN\)/);
  });

  const mistakes: readonly { readonly line: string; readonly says: RegExp }[] = [
    { line: 'attach web1', says: /neither --network nor --port/ },
    { line: 'attach web1 --port p --network physnet1', says: /cannot be used with/ },
    { line: 'attach web1 --port p --vlan 3', says: /cannot be used with/ },
    { line: 'attach web1 --network physnet1 --host fish', says: /cannot be used with/ },
    { line: 'attach web1 --port p --kind normal', says: /as normal: it has a VF/ },
    { line: 'detach web1 --port p --force', says: /cannot be used with/ },
    { line: 'detach web1 a1 --port p', says: /both --port and an attachment/ },
    { line: 'migrate web1', says: /missing required argument 'host'/ },
  ];
  for (const { line, says } of mistakes) {
    it(`virtfn ${line}: says what is wrong, and asks nobody`, async () => {
      const controller = new FakeController([]);
      const { err, status } = await run(line, controller);
      assert.equal(status, 2);
      assert.match(err, says);
      assert.deepEqual(controller.asked, []);
    });
  }
});
