import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MacAddress, type ObservedHost, parseMacAddress, type VfSettings } from '@virtfn/model';
import { readMachine } from '../look/index.ts';
import { layOutTree, readFixture } from '../testing/tree-loader.ts';
import { layOver } from './lay-over.ts';
import type { DevlinkFacts, LinkKernel, VfPort } from './link-kernel.ts';

const settings: VfSettings = {
  adminMac: null,
  vlan: null,
  spoofCheck: null,
  trust: null,
  linkState: 'auto',
  minTxRateMbps: null,
  maxTxRateMbps: 7,
};

/** A kernel with one PF, which can be asked and not changed. */
class SilentKernel implements LinkKernel {
  readonly setVfs = (): never => assert.fail('not asked');
  devlink: DevlinkFacts | null = null;
  firmware: string | null = null;
  ports: ReadonlyMap<number, VfPort> = new Map();
  fdb: ReadonlyMap<number, readonly MacAddress[]> = new Map();
  readonly #refuse = (): never => assert.fail('a look changes nothing');
  readonly setVf = this.#refuse;
  readonly setPortRate = this.#refuse;
  readonly setUp = this.#refuse;
  readonly setMtu = this.#refuse;
  readonly addFdbEntry = this.#refuse;
  readonly removeFdbEntry = this.#refuse;
  readonly setEswitchMode = this.#refuse;
  readonly readLink = this.#refuse;

  async listLinks(): ReturnType<LinkKernel['listLinks']> {
    const vfs = new Map([0, 1].map((vfIndex) => [vfIndex, settings]));
    return [{ ifIndex: 7, name: 'ens1f0np0', adminUp: true, carrier: true, mtu: 1500, vfs }];
  }

  async listFdb(): ReturnType<LinkKernel['listFdb']> {
    return this.fdb;
  }

  async readFirmware(): Promise<string | null> {
    return this.firmware;
  }

  async readDevlink(): Promise<DevlinkFacts | null> {
    return this.devlink;
  }

  async readVfPorts(): Promise<ReadonlyMap<number, VfPort>> {
    return this.ports;
  }
}

const look = (t: Parameters<typeof layOutTree>[0]): ObservedHost =>
  readMachine(layOutTree(t, readFixture('switchdev')));

test('layOver() takes the serial number of the card, and firmware from the driver, before those of devlink', async (t) => {
  const kernel = new SilentKernel();
  kernel.devlink = { eswitchMode: null, serial: 'of devlink', firmware: '20.1 of devlink' };
  kernel.firmware = '20.39.1002 (MT_0000000224)';
  const seen = look(t);
  const [first] = (await layOver(seen, kernel)).pfs;
  assert.deepEqual([first?.serial, first?.firmware], ['MT2017X00000', '20.39.1002 (MT_0000000224)']);
  kernel.firmware = null;
  const withoutSerial = { ...seen, pfs: seen.pfs.map((pf) => ({ ...pf, serial: null })) };
  const [second] = (await layOver(withoutSerial, kernel)).pfs;
  assert.deepEqual([second?.serial, second?.firmware], ['of devlink', '20.1 of devlink']);
});

test('layOver() takes rates from devlink ports in switchdev mode, where the driver keeps them there', async (t) => {
  const kernel = new SilentKernel();
  kernel.ports = new Map([[1, { portIndex: 4, rate: { minTxRateMbps: 100, maxTxRateMbps: 1000 } }]]);
  kernel.devlink = { eswitchMode: 'switchdev', serial: null, firmware: null };
  const ratesOf = async (): Promise<unknown> => {
    const [pf] = (await layOver(look(t), kernel)).pfs;
    return pf?.vfs.map((vf) => vf.settings && [vf.settings.minTxRateMbps, vf.settings.maxTxRateMbps]);
  };
  assert.deepEqual(await ratesOf(), [[null, 7], [100, 1000], null, null, null]);
  kernel.devlink = { eswitchMode: 'legacy', serial: null, firmware: null };
  assert.deepEqual(await ratesOf(), [[null, 7], [null, 7], null, null, null]);
});

test('layOver() shows the entries of each PF in its forwarding database, without its own MAC', async (t) => {
  const kernel = new SilentKernel();
  const seen = look(t);
  const own = seen.pfs[0]?.mac ?? assert.fail('the PF has a MAC');
  const [behind, elsewhere] = ['52:54:00:bb:00:01', '52:54:00:bb:00:02'].map(parseMacAddress);
  assert.ok(behind !== undefined && elsewhere !== undefined);
  kernel.fdb = new Map([
    [7, [own, behind]],
    [8, [elsewhere]],
  ]);
  const { pfs } = await layOver(seen, kernel);
  assert.deepEqual(pfs.map(({ fdb }) => fdb).slice(0, 2), [[behind], []]);
});
