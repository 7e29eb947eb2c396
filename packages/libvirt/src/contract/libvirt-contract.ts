import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detachAndWait, type Libvirt, type LibvirtEvent } from '../client/index.ts';
import { type Domain, stateReasons } from '../codec/index.ts';
import { LibvirtError } from '../connection/index.ts';

/** What the suite runs on. */
export interface LibvirtTarget {
  /** For the names of the tests: "RPC, test driver". */
  readonly name: string;
  /** For node:test's `skip`. */
  readonly skip: string | false;
  open(): Promise<Libvirt>;
  /** A domain that is defined and runs, and is left so. It is suspended for moments. */
  readonly domainName: string;
  /** Whether it may be destroyed, to be started again. */
  readonly mayDestroy: boolean;
  /** A device that can be plugged and unplugged without the guest's help, or null where the driver has no hot-plug. */
  readonly device: { readonly xml: string; readonly alias: string } | null;
  /** Where node devices are, which may be another daemon; null: nowhere. */
  readonly openNodeDevices: (() => Promise<Libvirt>) | null;
}

/** Begins the tests of one target. */
export function testLibvirt(target: LibvirtTarget): void {
  const { name, skip, domainName, mayDestroy, device, openNodeDevices } = target;
  const about = (what: string): string => `${what} (${name})`;

  test(about('domains.list() and domains.find() agree'), { skip }, async () => {
    await using libvirt = await target.open();
    const domain = await findDomain(libvirt, domainName);
    const all = await libvirt.domains.list();
    assert.deepEqual(
      all.find(({ uuid }) => uuid === domain.uuid),
      domain,
    );
    assert.ok(domain.id !== null);
    assert.deepEqual(await libvirt.domains.find({ uuid: domain.uuid }), domain);
    assert.deepEqual(await libvirt.domains.find({ id: domain.id }), domain);
    const active = await libvirt.domains.list(['active', 'running']);
    assert.ok(active.some(({ uuid }) => uuid === domain.uuid));
    const inactive = await libvirt.domains.list(['inactive']);
    assert.ok(!inactive.some(({ uuid }) => uuid === domain.uuid));
    const transient = await libvirt.domains.list(['transient']);
    assert.ok(!transient.some(({ uuid }) => uuid === domain.uuid));
  });

  test(about('domains.find() gives null for what there is not'), { skip }, async () => {
    await using libvirt = await target.open();
    assert.equal(await libvirt.domains.find({ name: 'there-is-no-such-domain' }), null);
    assert.equal(await libvirt.domains.find({ uuid: '00000000-0000-4000-8000-000000000001' }), null);
    assert.equal(await libvirt.domains.find({ id: 1_000_000 }), null);
  });

  test(about('readXml(), readState(), readHostname() and readCapabilities() read'), { skip }, async () => {
    await using libvirt = await target.open();
    const domain = await findDomain(libvirt, domainName);
    const xml = await libvirt.domains.readXml(domain);
    assert.match(xml, new RegExp(`^<domain [^]*<name>${domainName}</name>[^]*</domain>\\n$`));
    assert.match(await libvirt.domains.readXml(domain, ['inactive']), /<uuid>/);
    const { state, reason } = await libvirt.domains.readState(domain);
    assert.equal(state, 'running');
    assert.ok(stateReasons[state].includes(reason));
    assert.match(await libvirt.readHostname(), /^\S+$/);
    assert.match(await libvirt.readCapabilities(), /<capabilities>/);
  });

  test(about('a question about a domain that is gone is refused'), { skip }, async () => {
    await using libvirt = await target.open();
    const gone: Domain = { name: 'gone', uuid: '00000000-0000-4000-8000-000000000001', id: null };
    await assert.rejects(libvirt.domains.readXml(gone), LibvirtError);
    await assert.rejects(libvirt.domains.start(gone), LibvirtError);
  });

  test(about('a state that changes is told and read'), { skip }, async () => {
    await using libvirt = await target.open();
    const domain = await findDomain(libvirt, domainName);
    const told: string[] = [];
    const heard = Promise.withResolvers<void>();
    await using watch = await libvirt.watch((event) => {
      if (event.kind !== 'lifecycle' || event.domain.uuid !== domain.uuid) return;
      told.push(`${event.event} ${event.detail}`);
      if (event.event === 'resumed') heard.resolve();
    });
    // Again and again, since virsh does not say when it has begun to listen.
    const isHeard = { yet: false };
    void heard.promise.then(() => {
      isHeard.yet = true;
    });
    do {
      await libvirt.domains.suspend(domain);
      assert.deepEqual(await libvirt.domains.readState(domain), { state: 'paused', reason: 'user' });
      await libvirt.domains.resume(domain);
      assert.equal((await libvirt.domains.readState(domain)).state, 'running');
    } while (!isHeard.yet);
    assert.ok(told.includes('resumed unpaused'), told.join(', '));
    assert.ok(!watch.missing.includes('lifecycle'));
  });

  if (mayDestroy) {
    test(about('a domain is destroyed and started again'), { skip }, async () => {
      await using libvirt = await target.open();
      const domain = await findDomain(libvirt, domainName);
      await libvirt.domains.destroy(domain);
      assert.deepEqual(await libvirt.domains.readState(domain), { state: 'shutoff', reason: 'destroyed' });
      assert.equal((await findDomain(libvirt, domainName)).id, null);
      await assert.rejects(libvirt.domains.destroy(domain), LibvirtError);
      await libvirt.domains.start(domain);
      await assert.rejects(libvirt.domains.start(domain), LibvirtError);
      assert.equal((await libvirt.domains.readState(domain)).state, 'running');
    });
  }

  if (device === null) {
    test(about('a device is refused by a driver without hot-plug'), { skip }, async () => {
      await using libvirt = await target.open();
      const domain = await findDomain(libvirt, domainName);
      const xml = '<interface type="hostdev"/>';
      await assert.rejects(libvirt.devices.attach(domain, xml, ['live']), LibvirtError);
      await assert.rejects(libvirt.devices.update(domain, xml, ['live']), LibvirtError);
      await assert.rejects(libvirt.devices.detach(domain, xml, ['live', 'config']), LibvirtError);
      await assert.rejects(libvirt.devices.detachAlias(domain, 'hostdev0', ['live']), LibvirtError);
    });
  } else {
    test(about('a device is plugged and unplugged, live and in the configuration'), { skip }, async () => {
      await using libvirt = await target.open();
      const domain = await findDomain(libvirt, domainName);
      const { xml, alias } = device;
      const has = async (flags: readonly 'inactive'[]): Promise<boolean> =>
        (await libvirt.domains.readXml(domain, flags)).includes(alias);
      await libvirt.devices.attach(domain, xml, ['live', 'config']);
      assert.deepEqual([await has([]), await has(['inactive'])], [true, true]);
      await libvirt.devices.detach(domain, xml, ['config']);
      assert.deepEqual([await has([]), await has(['inactive'])], [true, false]);
      const outcome = await detachAndWait(libvirt, { domain, alias, limitMs: 10_000 }, () =>
        libvirt.devices.detachAlias(domain, alias, ['live']),
      );
      // virsh may not have begun to listen.
      assert.ok(outcome.kind === 'removed' || outcome.kind === 'no-answer', outcome.kind);
      assert.equal(await has([]), false);
      await assert.rejects(libvirt.devices.detachAlias(domain, alias, ['live']), LibvirtError);
    });
  }

  test(about('migrateToUri() to nowhere is refused, and the domain stays'), { skip }, async () => {
    await using libvirt = await target.open();
    const domain = await findDomain(libvirt, domainName);
    const destinationUri = 'qemu+unix:///session?socket=/dev/null/absent';
    await assert.rejects(
      libvirt.migrations.migrateToUri(domain, { destinationUri, flags: ['live'] }),
      LibvirtError,
    );
    await assert.rejects(libvirt.migrations.abort(domain), LibvirtError);
    assert.equal((await libvirt.domains.readState(domain)).state, 'running');
  });

  test(about('after close() nothing is told'), { skip }, async () => {
    await using libvirt = await target.open();
    const domain = await findDomain(libvirt, domainName);
    const told: LibvirtEvent[] = [];
    const watch = await libvirt.watch((event) => told.push(event));
    await watch.close();
    await libvirt.domains.suspend(domain);
    await libvirt.domains.resume(domain);
    assert.deepEqual(told, []);
  });

  if (openNodeDevices !== null) {
    test(about('nodeDevices reads the devices of the machine'), { skip }, async () => {
      await using libvirt = await openNodeDevices();
      const all = await libvirt.nodeDevices.list();
      const nets = await libvirt.nodeDevices.list(['net']);
      assert.ok(nets.length > 0 && nets.length < all.length);
      assert.ok(nets.every((nodeDevice) => all.includes(nodeDevice)));
      const [net = ''] = nets;
      assert.match(await libvirt.nodeDevices.readXml(net), /<capability type='net'>/);
      await assert.rejects(libvirt.nodeDevices.readXml('pci_ffff_ff_1f_7'), LibvirtError);
      await assert.rejects(libvirt.nodeDevices.detach('pci_ffff_ff_1f_7', 'vfio'), LibvirtError);
      await assert.rejects(libvirt.nodeDevices.reattach('pci_ffff_ff_1f_7'), LibvirtError);
      await assert.rejects(libvirt.nodeDevices.reset('pci_ffff_ff_1f_7'), LibvirtError);
    });
  }
}

async function findDomain(libvirt: Libvirt, name: string): Promise<Domain> {
  const domain = await libvirt.domains.find({ name });
  assert.ok(domain !== null, `there is a domain "${name}"`);
  return domain;
}
