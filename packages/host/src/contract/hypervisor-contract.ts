import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AttachmentId,
  type DomainInterface,
  type DomainScope,
  type DomainStep,
  interfaceAlias,
  type InterfaceSource,
  isSameInterface,
  isSriovError,
  type ObservedDomain,
  ownerOfAlias,
  parseAttachmentId,
  parseDomainId,
  parseMacAddress,
} from '@virtfn/model';
import type { HypervisorEvent } from '../hypervisor.ts';
import type { HypervisorRig } from './hypervisor-rig.ts';

/** The daemon may be busy, and the lab is emulated. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** A port as it shall be plugged; the number tells it from others. */
function portOn(source: InterfaceSource, number: number): DomainInterface {
  return {
    alias: interfaceAlias(attachment(number), 'port'),
    mac: parseMacAddress(`52:54:00:ab:00:${String(number).padStart(2, '0')}`),
    vlanId: source.kind === 'vf' ? 100 : null,
    source,
    teaming: null,
  };
}

const attachment = (number: number): AttachmentId => parseAttachmentId(`contract-${number}`);

/**
 * The suite that every `Hypervisor` passes: in memory in every build, on libvirt and QEMU in the lab. It tells the life of one
 * machine from its definition to its end, because a start takes long: each test leaves the machine as it found it.
 */
export function hypervisorContract(name: string, openRig: () => Promise<HypervisorRig>): void {
  describe(`Hypervisor contract: ${name}`, () => {
    let rig: HypervisorRig;
    let stop = (): void => {};
    const events: HypervisorEvent[] = [];
    before(async () => {
      rig = await openRig();
      // Whoever watches hears from the first question on.
      stop = rig.hypervisor.watch((event) => events.push(event));
      await rig.hypervisor.observe();
    });
    after(async () => {
      stop();
      await rig.close();
    });

    const find = async (): Promise<ObservedDomain | undefined> =>
      (await rig.hypervisor.observe()).find(({ domainId }) => domainId === rig.domainId);
    const look = async (): Promise<ObservedDomain> => {
      const domain = await find();
      assert.ok(domain !== undefined, 'the machine is observed');
      return domain;
    };
    const isListed = async (state: ObservedDomain['state']): Promise<void> => {
      const listed = (await rig.hypervisor.list()).find(({ domainId }) => domainId === rig.domainId);
      assert.deepEqual(listed, { domainId: rig.domainId, name: rig.name, state });
    };
    const inMachine = (number: number, scope: DomainScope) =>
      ({ domainId: rig.domainId, vm: rig.name, attachmentId: attachment(number), scope }) as const;
    const plug = (number: number, source: InterfaceSource, scope: DomainScope): Promise<string> =>
      apply({ kind: 'attach-interface', ...inMachine(number, scope), interface: portOn(source, number) });
    const unplug = (number: number, scope: DomainScope): Promise<string> =>
      apply({
        kind: 'detach-interface',
        ...inMachine(number, scope),
        alias: interfaceAlias(attachment(number), 'port'),
      });
    const apply = async (step: DomainStep): Promise<string> => (await rig.hypervisor.apply(step)).kind;
    const until = async (what: string, isSo: () => Promise<boolean> | boolean): Promise<void> => {
      for (let passed = 0; !(await isSo()); passed += LOOK_EVERY_MS) {
        assert.ok(passed < PATIENCE_MS, `${what} in ${PATIENCE_MS} ms`);
        await rig.pass(LOOK_EVERY_MS);
      }
    };
    /** Does something of which `watch` must tell. */
    const told = async (what: string, work: () => Promise<unknown>, isUrgent?: boolean): Promise<void> => {
      events.length = 0;
      await work();
      const isMeant = (event: HypervisorEvent): boolean =>
        event.kind === 'domain-changed' &&
        event.domainId === rig.domainId &&
        (isUrgent === undefined || event.isUrgent === isUrgent);
      await until(`an event tells of ${what}`, () => events.some(isMeant));
    };
    const numbersIn = (domain: ObservedDomain, scope: DomainScope): readonly unknown[] =>
      domain[scope].map(({ alias }) => ownerOfAlias(alias)?.attachmentId);
    /** Unplugs until it is gone: a guest may take its time. */
    const takeOut = async (number: number): Promise<void> => {
      await unplug(number, 'live');
      await until(
        'the device is gone',
        async () => !numbersIn(await look(), 'live').includes(attachment(number)),
      );
    };

    describe('a machine that is shut off', () => {
      it('is observed with its name and its state, and without interfaces', async () => {
        assert.deepEqual(await look(), {
          domainId: rig.domainId,
          name: rig.name,
          state: 'shut-off',
          isPersistent: true,
          live: [],
          config: [],
          unread: null,
        });
      });

      it('is listed with its name and its state', () => isListed('shut-off'));

      it('gets no device plugged, and unplugging is done already', async () => {
        await assert.rejects(plug(0, rig.sources[0], 'live'), (error) =>
          isSriovError(error, 'VM_NOT_RUNNING'),
        );
        assert.equal(await unplug(0, 'live'), 'done');
        assert.deepEqual((await look()).live, []);
      });

      it('gets each kind of interface written into its configuration, twice without harm, read back, and taken out', async () => {
        for (const [number, source] of rig.sources.entries()) {
          assert.equal(await plug(number, source, 'config'), 'done');
          assert.equal(await plug(number, source, 'config'), 'done');
        }
        const { config, live } = await look();
        assert.deepEqual(live, []);
        assert.equal(config.length, rig.sources.length);
        for (const [number, source] of rig.sources.entries()) {
          const found = config.find(({ alias }) => ownerOfAlias(alias)?.attachmentId === attachment(number));
          assert.ok(found !== undefined && isSameInterface(portOn(source, number), found), source.kind);
        }
        for (const number of rig.sources.keys()) {
          assert.equal(await unplug(number, 'config'), 'done');
          assert.equal(await unplug(number, 'config'), 'done');
        }
        assert.deepEqual((await look()).config, []);
      });
    });

    it('apply() on a machine that is not there says so', async () => {
      const unknown = {
        ...inMachine(0, 'live'),
        domainId: parseDomainId('00000000-dead-4000-8000-00000000dead'),
      };
      const steps: readonly DomainStep[] = [
        { kind: 'attach-interface', ...unknown, interface: portOn(rig.bridge, 0) },
        { kind: 'detach-interface', ...unknown, alias: portOn(rig.bridge, 0).alias },
      ];
      for (const step of steps)
        await assert.rejects(apply(step), (error) => isSriovError(error, 'VM_UNKNOWN'), step.kind);
    });

    it('a machine that starts has what its configuration says, and watch() tells of the start', async () => {
      await plug(0, rig.sources[0], 'config');
      await told('the start', () => rig.start(), false);
      const domain = await look();
      assert.equal(domain.state, 'running');
      assert.deepEqual(numbersIn(domain, 'live'), [attachment(0)]);
      assert.equal(await rig.readVfMac(), portOn(rig.sources[0], 0).mac);
    });

    describe('a machine that runs', () => {
      it('is listed with its name and its state', () => isListed('running'));

      it('keeps in it what is taken out of its configuration only, and the other way round', async () => {
        assert.equal(await unplug(0, 'config'), 'done');
        let domain = await look();
        assert.deepEqual([numbersIn(domain, 'live'), numbersIn(domain, 'config')], [[attachment(0)], []]);
        assert.equal(await plug(0, rig.sources[0], 'config'), 'done');
        await takeOut(0);
        domain = await look();
        assert.deepEqual([numbersIn(domain, 'live'), numbersIn(domain, 'config')], [[], [attachment(0)]]);
        await unplug(0, 'config');
      });

      it('gets each kind of interface plugged, twice without harm, read back, and unplugged, and watch() tells', async () => {
        for (const [number, source] of rig.sources.entries()) {
          await told(`a ${source.kind} that is plugged`, async () => {
            assert.equal(await plug(number, source, 'live'), 'done');
          });
          assert.equal(await plug(number, source, 'live'), 'done');
        }
        const { live, config } = await look();
        assert.deepEqual(config, []);
        assert.equal(live.length, rig.sources.length);
        for (const [number, source] of rig.sources.entries()) {
          const found = live.find(({ alias }) => ownerOfAlias(alias)?.attachmentId === attachment(number));
          assert.ok(found !== undefined && isSameInterface(portOn(source, number), found), source.kind);
        }
        for (const [number, source] of rig.sources.entries()) {
          await told(`a ${source.kind} that is unplugged`, () => takeOut(number), false);
          assert.equal(await unplug(number, 'live'), 'done');
        }
        assert.deepEqual((await look()).live, []);
      });

      it('whose guest does not let go is asked, as often as one likes; when it has let go an event tells', async () => {
        await plug(0, rig.sources[0], 'live');
        await rig.setDeaf(true);
        assert.equal(await unplug(0, 'live'), 'asked');
        assert.equal(await unplug(0, 'live'), 'asked');
        assert.deepEqual(numbersIn(await look(), 'live'), [attachment(0)]);
        await told('the device that is gone', async () => {
          await rig.setDeaf(false);
          await until('the device is gone', async () => (await look()).live.length === 0);
        });
        assert.equal(await unplug(0, 'live'), 'done');
      });

      it('without a free slot is named, and neither it nor the VF is left changed', async () => {
        const mac = await rig.readVfMac();
        for (let number = 1; number <= rig.slots; number += 1) await plug(number, rig.bridge, 'live');
        await assert.rejects(plug(0, rig.sources[0], 'live'), (error) => isSriovError(error, 'NO_PCIE_SLOT'));
        assert.equal((await look()).live.length, rig.slots);
        assert.equal(await rig.readVfMac(), mac);
        for (let number = 1; number <= rig.slots; number += 1) await takeOut(number);
      });

      it('and is destroyed has no interface, keeps its configuration, and is told of as urgent', async () => {
        await plug(0, rig.sources[0], 'live');
        await plug(1, rig.bridge, 'config');
        await told('the end', () => rig.destroy(), true);
        const domain = await look();
        assert.deepEqual([domain.state, domain.live], ['shut-off', []]);
        assert.deepEqual(numbersIn(domain, 'config'), [attachment(1)]);
        await unplug(1, 'config');
      });
    });

    describe('a machine whose configuration was forgotten while it runs', () => {
      before(async () => {
        await rig.start();
        await told('what was forgotten', () => rig.undefine());
      });

      it('is observed without a configuration, and can have none written', async () => {
        const { state, isPersistent, config } = await look();
        assert.deepEqual(
          { state, isPersistent, config },
          { state: 'running', isPersistent: false, config: [] },
        );
        await assert.rejects(plug(0, rig.bridge, 'config'), (error) =>
          isSriovError(error, 'VM_NOT_PERSISTENT'),
        );
        assert.equal(await unplug(0, 'config'), 'done');
      });

      it('gets devices plugged and unplugged all the same', async () => {
        assert.equal(await plug(0, rig.sources[0], 'live'), 'done');
        assert.equal(await unplug(0, 'config'), 'done');
        assert.deepEqual(numbersIn(await look(), 'live'), [attachment(0)]);
        await takeOut(0);
      });

      it('is gone when it ends, which watch() tells as urgent', async () => {
        await told('the end', () => rig.destroy(), true);
        await until('the machine is gone', async () => (await find()) === undefined);
        await assert.rejects(unplug(0, 'live'), (error) => isSriovError(error, 'VM_UNKNOWN'));
      });
    });
  });
}
