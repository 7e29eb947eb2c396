import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Domain, RpcLibvirt } from '@virtfn/libvirt';
import { emptyGuestXml, type Libvirtd, skipWithoutTwoHosts, startLibvirtd } from '@virtfn/libvirt/testing';
import { isSriovError, parseDomainId } from '@virtfn/model';
import { sendMachine } from './send-machine.ts';

// Two daemons of libvirt on this machine. A migration that another agent began, which died, ends just before the question
// that is asked of it next: so whoever waits for it hears of a machine that is there no more.

const skip = skipWithoutTwoHosts();
/** What whoever joins a migration asks, by turns: first whether there is one. */
const QUESTIONS: ReadonlySet<string> = new Set(['migrations.readJob', 'domains.readState']);

interface Place {
  readonly daemon: Libvirtd;
  readonly libvirt: RpcLibvirt;
}

let source: Place;
let destination: Place;

async function startPlace(hostname?: string): Promise<Place> {
  const daemon = await startLibvirtd(hostname === undefined ? {} : { hostname });
  return { daemon, libvirt: await connect(daemon) };
}

const connect = ({ socketPath }: Libvirtd): Promise<RpcLibvirt> =>
  RpcLibvirt.open({ uri: 'qemu:///session', socketPath });

/** So much, although empty, that it takes seconds to send at 1 MiB/s. */
const guestXml = (name: string): string => emptyGuestXml(name).replace("unit='MiB'>16<", "unit='MiB'>2048<");

/** A guest that leaves, slowly, for somebody who asked for it. */
async function leavingGuest(name: string): Promise<{
  readonly guest: Domain;
  readonly moving: Promise<void>;
  readonly end: () => Promise<void>;
}> {
  const { domains, migrations } = source.libvirt;
  const guest = await domains.define(guestXml(name));
  await domains.start(guest);
  await migrations.setMaxSpeed(guest, 1);
  const other = await connect(source.daemon);
  const moving = other.migrations
    .migrateToUri(guest, {
      destinationUri: destination.daemon.uriOf('qemu:///session'),
      migrateUri: 'tcp://127.0.0.1',
      flags: ['live', 'persist-dest', 'undefine-source'],
    })
    .finally(() => void other.close());
  const hasBegun = async (): Promise<boolean> => (await migrations.readJob(guest)).type === 'unbounded';
  while (!(await hasBegun())) await delay(20);
  return {
    guest,
    moving,
    end: async () => {
      await migrations.setMaxSpeed(guest, 1000);
      await moving;
    },
  };
}

/** Like the given one, and `turn` comes before the so manieth of its questions. */
function interrupted(
  libvirt: RpcLibvirt,
  question: number,
  turn: () => Promise<void>,
): Pick<RpcLibvirt, 'domains' | 'migrations'> {
  let asked = 0;
  const wrap = <T extends object>(part: string, given: T): T =>
    new Proxy(given, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...parameters: unknown[]) => {
          if (QUESTIONS.has(`${part}.${String(name)}`)) {
            asked += 1;
            if (asked === question + 1) await turn();
          }
          return Reflect.apply(method, target, parameters);
        };
      },
    });
  return { domains: wrap('domains', libvirt.domains), migrations: wrap('migrations', libvirt.migrations) };
}

describe('sendMachine()', { skip }, () => {
  before(async () => {
    [source, destination] = await Promise.all([startPlace(), startPlace('elsewhere')]);
  });
  after(async () => {
    for (const { daemon, libvirt } of [source, destination]) {
      for (const domain of await libvirt.domains.list(['active'])) await libvirt.domains.destroy(domain);
      await libvirt.close();
      await daemon[Symbol.asyncDispose]();
    }
  });

  const send = (
    libvirt: Pick<RpcLibvirt, 'domains' | 'migrations'>,
    { uuid }: Domain,
    signal = new AbortController().signal,
  ): Promise<void> => {
    const uri = destination.daemon.uriOf('qemu:///session');
    return sendMachine(
      libvirt,
      { domainId: parseDomainId(uuid), uri, arrivals: new Map() },
      signal,
      () => {},
    );
  };

  for (const question of [0, 1, 2, 3, 4])
    it(`pain 7: waits for a migration that ends before its question ${question + 1}`, async () => {
      const { guest, end } = await leavingGuest(`guest-${question}`);
      const joined = await connect(source.daemon);
      let turns = 0;
      await send(
        interrupted(joined, question, async () => {
          turns += 1;
          await end();
        }),
        guest,
      );
      assert.equal(turns, 1);
      await joined.close();
      assert.equal(await source.libvirt.domains.find(guest), null);
      assert.ok((await destination.libvirt.domains.find({ uuid: guest.uuid })) !== null);
    });

  it('has moved a machine that has left before it was looked for', async () => {
    const { guest, end } = await leavingGuest('guest-gone');
    await end();
    await send(source.libvirt, guest);
  });

  it('says that a migration that it waits for has failed', async () => {
    const { guest, moving } = await leavingGuest('guest-stays');
    const ended = assert.rejects(moving);
    const joined = interrupted(source.libvirt, 1, () => source.libvirt.migrations.abort(guest));
    await assert.rejects(send(joined, guest), (error) => isSriovError(error, 'MIGRATION_FAILED'));
    await ended;
    assert.deepEqual((await source.libvirt.domains.readState(guest)).state, 'running');
  });

  it('gives up a migration when it is told to, and the machine stays', async () => {
    const { guest, moving } = await leavingGuest('guest-wanted');
    const ended = assert.rejects(moving);
    const given = new AbortController();
    const joined = interrupted(source.libvirt, 1, async () => given.abort());
    await assert.rejects(send(joined, guest, given.signal), (error) =>
      isSriovError(error, 'MIGRATION_FAILED'),
    );
    await ended;
    assert.deepEqual((await source.libvirt.domains.readState(guest)).state, 'running');
  });
});
