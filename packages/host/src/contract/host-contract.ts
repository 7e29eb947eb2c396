import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type DesiredHost,
  type DriverCapability,
  effectiveCapability,
  isJournalStep,
  getPf,
  isSriovError,
  type MacAddress,
  maxVfsOf,
  type PhysicalFunction,
  parseAttachmentId,
  parseMacAddress,
  parsePciAddress,
  parseVlan,
  plan,
  type VfSetting,
  vfPciAddress,
  type VirtualFunction,
} from '@virtfn/model';
import type { HostEvent, SettingStep } from '../host.ts';
import type { HostRig } from './host-rig.ts';

const MAC = parseMacAddress('52:54:00:aa:00:01');
const LOCAL_MAC = parseMacAddress('52:54:00:bb:00:01');
const OTHERS_MAC = parseMacAddress('52:54:00:bb:00:02');

/** One value for each attribute that differs from what a fresh VF has, and how it reads back. */
function sampleSettings(
  capability: DriverCapability,
): readonly { setting: VfSetting; readonly isSet: (vf: VirtualFunction) => boolean }[] {
  const { attributes } = capability;
  const max = capability.rates.smallestMbps + 99;
  const samples: { setting: VfSetting; readonly isSet: (vf: VirtualFunction) => boolean }[] = [
    { setting: { attribute: 'adminMac', value: MAC }, isSet: (vf) => vf.settings?.adminMac === MAC },
    {
      setting: { attribute: 'vlan', value: parseVlan(100, 3) },
      isSet: (vf) => vf.settings?.vlan?.id === 100 && vf.settings.vlan.qos === 3,
    },
  ];
  const add = (has: boolean, setting: VfSetting, isSet: (vf: VirtualFunction) => boolean): void => {
    if (has) samples.push({ setting, isSet });
  };
  add(
    attributes.spoofCheck === 'yes',
    { attribute: 'spoofCheck', value: false },
    (vf) => vf.settings?.spoofCheck === false,
  );
  add(
    attributes.spoofCheck === 'yes',
    { attribute: 'spoofCheck', value: true },
    (vf) => vf.settings?.spoofCheck === true,
  );
  add(attributes.trust === 'yes', { attribute: 'trust', value: true }, (vf) => vf.settings?.trust === true);
  add(
    attributes.linkState === 'yes',
    { attribute: 'linkState', value: 'disable' },
    (vf) => vf.settings?.linkState === 'disable',
  );
  add(
    attributes.maxTxRateMbps === 'yes',
    { attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: max } },
    (vf) => vf.settings?.maxTxRateMbps === max,
  );
  return samples;
}

/** Settings that the capability table says the driver does not have. */
function unsupportedSettings(capability: DriverCapability): readonly VfSetting[] {
  const { attributes } = capability;
  const settings: VfSetting[] = [];
  if (attributes.linkState === 'no') settings.push({ attribute: 'linkState', value: 'disable' });
  if (attributes.trust === 'no') settings.push({ attribute: 'trust', value: true });
  if (attributes.spoofCheck === 'no') settings.push({ attribute: 'spoofCheck', value: true });
  if (attributes.maxTxRateMbps === 'no')
    settings.push({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: 100 } });
  return settings;
}

/**
 * The suite that every `Host` passes: in memory in every build, on the real kernel in the lab. What a driver can do
 * comes from the capability table, so the suite proves the table's row at the same time.
 */
export function hostContract(name: string, openRig: () => Promise<HostRig>): void {
  describe(`Host contract: ${name}`, () => {
    let rig: HostRig;
    before(async () => {
      rig = await openRig();
    });
    after(() => rig.close());
    beforeEach(() => rig.reset());

    const look = async (): Promise<PhysicalFunction> => getPf(await rig.host.observe(), rig.pf);
    const lookAtVf = async (vfIndex: number): Promise<VirtualFunction> => {
      const vf = (await look()).vfs[vfIndex];
      assert.ok(vf !== undefined, `VF ${vfIndex} is observed`);
      return vf;
    };
    const capability = async (): Promise<DriverCapability> => {
      const pf = await look();
      return effectiveCapability(pf, pf.eswitchMode);
    };
    const setNumVfs = (from: number, numVfs: number): Promise<void> =>
      rig.host.apply({ kind: 'set-num-vfs', pf: rig.pf, from, numVfs });
    const set = (vfIndex: number, setting: VfSetting): Promise<void> =>
      rig.host.apply({ kind: 'set-vf', pf: rig.pf, vfIndex, setting });
    const withoutProbing = (): Promise<void> =>
      rig.host.apply({ kind: 'set-drivers-autoprobe', pf: rig.pf, enabled: false });

    it('observe() shows the PF with its ids, its driver and no VFs', async () => {
      const pf = await look();
      assert.match(pf.vendorId, /^[0-9a-f]{4}$/);
      assert.notEqual(pf.driver, null);
      assert.equal(pf.numVfs, 0);
      assert.deepEqual(pf.vfs, []);
      assert.ok(pf.totalVfs > 0);
    });

    it('set-num-vfs enables the VFs, at the addresses that offset and stride give', async () => {
      await setNumVfs(0, 3);
      const pf = await look();
      assert.equal(pf.numVfs, 3);
      assert.deepEqual(
        pf.vfs.map((vf) => vf.vfIndex),
        [0, 1, 2],
      );
      for (const vf of pf.vfs) {
        assert.equal(vf.pciAddress, vfPciAddress(pf.pciAddress, pf.vfOffset, pf.vfStride, vf.vfIndex));
        assert.ok(vf.settings !== null, 'the driver reports the VF');
      }
    });

    it('set-num-vfs enables as many as the table says, and refuses one more', async () => {
      const most = maxVfsOf(await look());
      await setNumVfs(0, most);
      assert.equal((await look()).vfs.length, most);
      await setNumVfs(most, 0);
      await assert.rejects(setNumVfs(0, most + 1), (error) => isSriovError(error, 'NUM_VFS_INVALID'));
      assert.equal((await look()).numVfs, 0);
    });

    it('set-num-vfs to the present number changes nothing', async () => {
      await setNumVfs(0, 2);
      await set(0, { attribute: 'adminMac', value: MAC });
      await setNumVfs(2, 2);
      assert.equal((await lookAtVf(0)).settings?.adminMac, MAC);
    });

    it('set-num-vfs from one number to another is refused, as the kernel does', async () => {
      await setNumVfs(0, 2);
      await assert.rejects(setNumVfs(2, 3), (error) => isSriovError(error, 'VF_COUNT_BUSY'));
      assert.equal((await look()).numVfs, 2);
    });

    it('set-num-vfs is refused when the number is no longer the one that was planned from', async () => {
      await setNumVfs(0, 2);
      await assert.rejects(setNumVfs(1, 0), (error) => isSriovError(error, 'VF_COUNT_BUSY'));
      assert.equal((await look()).numVfs, 2);
    });

    it('set-num-vfs with driver probing off brings VFs without a driver', async () => {
      await withoutProbing();
      await setNumVfs(0, 2);
      for (const vf of (await look()).vfs) assert.equal(vf.driver, null);
    });

    it('set-vf sets every attribute that the table promises, each read back, twice without harm', async () => {
      await withoutProbing();
      await setNumVfs(0, 2);
      for (const { setting, isSet } of sampleSettings(await capability())) {
        await set(1, setting);
        await set(1, setting);
        assert.ok(isSet(await lookAtVf(1)), `${setting.attribute} reads back`);
      }
      assert.equal((await lookAtVf(0)).settings?.adminMac, null, 'its neighbour is untouched');
    });

    it('applySettings() makes several settings, each refusal exact, and reads them back', async () => {
      await withoutProbing();
      await setNumVfs(0, 2);
      const samples = sampleSettings(await capability());
      const settings = samples.filter(
        ({ setting }, at) =>
          !samples.slice(at + 1).some((later) => later.setting.attribute === setting.attribute),
      );
      const step = (vfIndex: number, setting: VfSetting): SettingStep => ({
        kind: 'set-vf',
        pf: rig.pf,
        vfIndex,
        setting,
      });
      const outcomes = await rig.host.applySettings([
        ...settings.map(({ setting }) => step(1, setting)),
        step(5, { attribute: 'adminMac', value: MAC }),
        step(5, { attribute: 'vlan', value: parseVlan(100) }),
        step(0, { attribute: 'vlan', value: parseVlan(200) }),
      ]);
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.code : outcome.kind)),
        [...settings.map(() => 'done'), 'VF_INDEX_INVALID', 'skipped', 'done'],
      );
      for (const { setting, isSet } of settings)
        assert.ok(isSet(await lookAtVf(1)), `${setting.attribute} reads back`);
      assert.equal((await lookAtVf(0)).settings?.vlan?.id, 200);
      assert.deepEqual(await rig.host.applySettings([]), []);
    });

    it('set-vf clears MAC, VLAN and rates', async () => {
      await withoutProbing();
      await setNumVfs(0, 1);
      const { attributes } = await capability();
      await set(0, { attribute: 'adminMac', value: MAC });
      await set(0, { attribute: 'vlan', value: parseVlan(100) });
      await set(0, { attribute: 'adminMac', value: null });
      await set(0, { attribute: 'vlan', value: null });
      if (attributes.maxTxRateMbps === 'yes') {
        await set(0, { attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: 200 } });
        await set(0, { attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: null } });
      }
      const { settings } = await lookAtVf(0);
      assert.equal(settings?.adminMac, null);
      assert.equal(settings?.vlan, null);
      assert.equal(settings?.maxTxRateMbps, null);
    });

    it('set-vf refuses what the table says the driver does not have, and changes nothing', async () => {
      await withoutProbing();
      await setNumVfs(0, 1);
      const unchanged = await lookAtVf(0);
      for (const setting of unsupportedSettings(await capability())) {
        await assert.rejects(
          set(0, setting),
          (error) => isSriovError(error, 'ATTRIBUTE_UNSUPPORTED'),
          setting.attribute,
        );
      }
      assert.deepEqual(await lookAtVf(0), unchanged);
    });

    it('set-vf refuses a VLAN protocol that the table does not list', async () => {
      await withoutProbing();
      await setNumVfs(0, 1);
      const offered = (await capability()).vlanProtocols.includes('802.1ad');
      const setting: VfSetting = { attribute: 'vlan', value: parseVlan(100, 0, '802.1ad') };
      if (offered) await set(0, setting);
      else await assert.rejects(set(0, setting), (error) => isSriovError(error, 'VLAN_PROTOCOL_UNSUPPORTED'));
      assert.equal((await lookAtVf(0)).settings?.vlan?.proto ?? null, offered ? '802.1ad' : null);
    });

    it('set-vf on a VF that is not there names those that are', async () => {
      await setNumVfs(0, 2);
      await assert.rejects(
        set(2, { attribute: 'adminMac', value: MAC }),
        (error) => isSriovError(error, 'VF_INDEX_INVALID') && error.message.includes('0 to 1'),
      );
    });

    it('apply() on a PF that is not there says so', async () => {
      const pf = parsePciAddress('0000:fe:1f.7');
      await assert.rejects(rig.host.apply({ kind: 'set-num-vfs', pf, from: 0, numVfs: 1 }), (error) =>
        isSriovError(error, 'PF_UNKNOWN'),
      );
    });

    it('set-vf-driver goes between kernel, vfio-pci and none, and leaves neighbours and count alone', async () => {
      await withoutProbing();
      await setNumVfs(0, 2);
      const vfDriver = (await capability()).vfDriver;
      for (const [driver, want] of [
        ['kernel', vfDriver],
        ['vfio-pci', 'vfio-pci'],
        ['kernel', vfDriver],
        ['none', null],
      ] as const) {
        await rig.host.apply({ kind: 'set-vf-driver', pf: rig.pf, vfIndex: 1, driver });
        assert.equal((await lookAtVf(1)).driver, want);
      }
      assert.equal((await lookAtVf(0)).driver, null);
      assert.equal((await look()).numVfs, 2);
    });

    it('a VF sees its MAC when its driver is bound after the MAC was set', async () => {
      await withoutProbing();
      await setNumVfs(0, 1);
      await set(0, { attribute: 'adminMac', value: MAC });
      await rig.host.apply({ kind: 'set-vf-driver', pf: rig.pf, vfIndex: 0, driver: 'kernel' });
      assert.equal((await lookAtVf(0)).effectiveMac, MAC);
    });

    it('a VF whose driver must be loaded again for its MAC keeps one of its own until then', async () => {
      if ((await capability()).macTakesEffect !== 'reload') return;
      await withoutProbing();
      await setNumVfs(0, 1);
      await rig.host.apply({ kind: 'set-vf-driver', pf: rig.pf, vfIndex: 0, driver: 'kernel' });
      await set(0, { attribute: 'adminMac', value: MAC });
      // Which one is not said: udev may have given it another since its driver picked one.
      const vf = await lookAtVf(0);
      assert.notEqual(vf.effectiveMac, null);
      assert.notEqual(vf.effectiveMac, MAC);
      assert.equal(vf.settings?.adminMac, MAC);
    });

    it('a VF for which no MAC was set shows through its PF what the table says', async () => {
      const { reportsOwnMac } = await capability();
      await withoutProbing();
      await setNumVfs(0, 1);
      assert.equal((await lookAtVf(0)).settings?.adminMac, null);
      await rig.host.apply({ kind: 'set-vf-driver', pf: rig.pf, vfIndex: 0, driver: 'kernel' });
      // udev may give the interface another MAC a moment after its driver picked one.
      let vf = await lookAtVf(0);
      const isAsTold = (): boolean => vf.settings?.adminMac === (reportsOwnMac ? vf.effectiveMac : null);
      for (let looks = 0; looks < 50 && !isAsTold(); looks += 1) vf = await lookAtVf(0);
      assert.notEqual(vf.effectiveMac, null);
      assert.ok(isAsTold(), `PF shows ${vf.settings?.adminMac}, VF has ${vf.effectiveMac}`);
      await rig.host.apply({ kind: 'set-vf-driver', pf: rig.pf, vfIndex: 0, driver: 'none' });
      await set(0, { attribute: 'adminMac', value: null });
      assert.equal((await lookAtVf(0)).settings?.adminMac, null);
    });

    it('a VF held through VFIO is shown with its user, and neither it nor the count can be taken away', async () => {
      await withoutProbing();
      await setNumVfs(0, 2);
      await rig.host.apply({ kind: 'set-vf-driver', pf: rig.pf, vfIndex: 1, driver: 'vfio-pci' });
      const letGo = await rig.holdByVfio(1);
      try {
        assert.equal((await lookAtVf(1)).users[0]?.kind, 'vfio');
        await assert.rejects(setNumVfs(2, 0), (error) => isSriovError(error, 'VFS_IN_USE'));
        await assert.rejects(
          rig.host.apply({ kind: 'set-vf-driver', pf: rig.pf, vfIndex: 1, driver: 'none' }),
          (error) => isSriovError(error, 'VF_IN_USE'),
        );
        assert.equal((await look()).numVfs, 2);
      } finally {
        await letGo();
      }
      await setNumVfs(2, 0);
      assert.equal((await look()).numVfs, 0);
    });

    it('add-fdb-entry and remove-fdb-entry: the PF shows the MAC, twice without harm, over a change of the number of VFs', async () => {
      const entry = { pf: rig.pf, mac: LOCAL_MAC } as const;
      const fdb = async (): Promise<readonly MacAddress[]> => (await look()).fdb;
      assert.deepEqual(await fdb(), []);
      await rig.host.apply({ kind: 'remove-fdb-entry', ...entry });
      await rig.host.apply({ kind: 'add-fdb-entry', ...entry });
      await rig.host.apply({ kind: 'add-fdb-entry', ...entry });
      assert.deepEqual(await fdb(), [LOCAL_MAC]);
      await setNumVfs(0, 2);
      assert.deepEqual(await fdb(), [LOCAL_MAC]);
      await rig.host.apply({ kind: 'remove-fdb-entry', ...entry });
      await rig.host.apply({ kind: 'remove-fdb-entry', ...entry });
      assert.deepEqual(await fdb(), []);
    });

    it('add-fdb-entry and remove-fdb-entry leave the entries of others alone, which are shown as well', async () => {
      await rig.addOthersFdbEntry(OTHERS_MAC);
      await rig.host.apply({ kind: 'add-fdb-entry', pf: rig.pf, mac: LOCAL_MAC });
      assert.deepEqual(new Set((await look()).fdb), new Set([OTHERS_MAC, LOCAL_MAC]));
      await rig.host.apply({ kind: 'remove-fdb-entry', pf: rig.pf, mac: LOCAL_MAC });
      assert.deepEqual((await look()).fdb, [OTHERS_MAC]);
    });

    it('watch() tells of a change to the PF, until it is stopped', async () => {
      const events: HostEvent[] = [];
      const stop = rig.host.watch((event) => events.push(event));
      await setNumVfs(0, 1);
      await look();
      stop();
      assert.ok(
        events.some((event) => event.kind === 'events-lost' || event.pf === rig.pf || event.pf === null),
      );
      const seen = events.length;
      await setNumVfs(1, 0);
      await look();
      assert.equal(events.length, seen);
    });

    it('plan() and apply() bring a port up, and planning again gives no steps', async () => {
      const { attributes } = await capability();
      const desired: DesiredHost = {
        releases: [],
        evict: [],
        reloadDriver: false,
        pfs: [
          {
            pf: rig.pf,
            numVfs: 4,
            moduleOption: null,
            eswitchMode: null,
            adminUp: true,
            mtu: null,
            localMacs: [LOCAL_MAC],
            vfs: [
              {
                kind: 'attached',
                vfIndex: 2,
                attachmentId: parseAttachmentId('contract'),
                driver: 'kernel',
                mtu: null,
                settings: {
                  adminMac: MAC,
                  vlan: parseVlan(100),
                  spoofCheck: attributes.spoofCheck === 'yes',
                  trust: attributes.trust === 'yes',
                  linkState: 'auto',
                  minTxRateMbps: null,
                  maxTxRateMbps: null,
                },
              },
            ],
          },
        ],
      };
      const claims = new Map<number, VirtualFunction['attachmentId']>();
      const fdbClaims = new Set<MacAddress>();
      const observe = async () => {
        const host = await rig.host.observe();
        const pfs = host.pfs.map((pf) =>
          pf.pciAddress !== rig.pf
            ? pf
            : {
                ...pf,
                vfs: pf.vfs.map((vf) => ({ ...vf, attachmentId: claims.get(vf.vfIndex) ?? null })),
              },
        );
        return { ...host, pfs, fdbClaims: [...fdbClaims].map((mac) => ({ pf: rig.pf, mac })) };
      };
      const first = plan(desired, await observe());
      assert.deepEqual(first.refusals, []);
      for (const step of first.steps) {
        if (step.kind === 'claim-vf') claims.set(step.vfIndex, step.attachmentId);
        else if (step.kind === 'release-vf') claims.delete(step.vfIndex);
        else if (step.kind === 'claim-fdb-entry') fdbClaims.add(step.mac);
        else if (!isJournalStep(step)) await rig.host.apply(step);
      }
      const again = plan(desired, await observe());
      assert.deepEqual(again.steps, []);
      assert.deepEqual(again.refusals, []);
    });
  });
}
