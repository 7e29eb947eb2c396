import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EswitchMode, parsePciAddress, type VfSetting } from '@virtfn/model';
import type { DevlinkFacts, LinkFacts, LinkKernel, VfRate } from '../netlink/link-kernel.ts';
import { sendSetting } from './set-vf.ts';

const pf = parsePciAddress('0000:3b:00.0');
const free: VfRate = { minTxRateMbps: null, maxTxRateMbps: null };

/** A kernel that takes everything and tells how it came. */
class TakingKernel implements LinkKernel {
  readonly taken: string[] = [];
  readonly #eswitchMode: EswitchMode | null;
  readonly #rates: ReadonlyMap<number, VfRate>;

  constructor(eswitchMode: EswitchMode | null, rates: readonly number[]) {
    this.#eswitchMode = eswitchMode;
    this.#rates = new Map(rates.map((vfIndex) => [vfIndex, free]));
  }

  async setVf(ifIndex: number, vfIndex: number, setting: VfSetting): Promise<void> {
    this.taken.push(`link ${ifIndex}, VF ${vfIndex}: ${setting.attribute}`);
  }

  async setVfRate(_: typeof pf, vfIndex: number, rate: VfRate): Promise<void> {
    this.taken.push(`port of VF ${vfIndex}: at most ${rate.maxTxRateMbps} Mbit/s`);
  }

  async readDevlink(): Promise<DevlinkFacts | null> {
    return this.#eswitchMode === null
      ? null
      : { eswitchMode: this.#eswitchMode, serial: null, firmware: null };
  }

  async readVfRates(): Promise<ReadonlyMap<number, VfRate>> {
    return this.#rates;
  }

  async readFirmware(): Promise<null> {
    return null;
  }

  async listLinks(): Promise<readonly LinkFacts[]> {
    return [];
  }

  readonly setVfs = (): never => assert.fail('not asked');
  readonly readLink = (): never => assert.fail('not asked');
  readonly setUp = (): never => assert.fail('not asked');
  readonly setMtu = (): never => assert.fail('not asked');
  readonly listFdb = (): never => assert.fail('not asked');
  readonly addFdbEntry = (): never => assert.fail('not asked');
  readonly removeFdbEntry = (): never => assert.fail('not asked');
  readonly setEswitchMode = (): never => assert.fail('not asked');
}

const rate = { attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: 500 } } as const;
const trust = { attribute: 'trust', value: true } as const;

for (const { name, mode, rates, setting, want } of [
  {
    name: 'a rate goes to the devlink port in switchdev mode',
    mode: 'switchdev',
    rates: [0, 2],
    setting: rate,
    want: 'port of VF 2: at most 500 Mbit/s',
  },
  {
    name: 'a rate goes to the PF where the VF has none at its port',
    mode: 'switchdev',
    rates: [0],
    setting: rate,
    want: 'link 7, VF 2: rate',
  },
  {
    name: 'a rate goes to the PF in legacy mode',
    mode: 'legacy',
    rates: [0, 2],
    setting: rate,
    want: 'link 7, VF 2: rate',
  },
  {
    name: 'a rate goes to the PF of a driver without modes',
    mode: null,
    rates: [],
    setting: rate,
    want: 'link 7, VF 2: rate',
  },
  {
    name: 'all else goes to the PF in every mode',
    mode: 'switchdev',
    rates: [2],
    setting: trust,
    want: 'link 7, VF 2: trust',
  },
] as const) {
  test(name, async () => {
    const kernel = new TakingKernel(mode, rates);
    await sendSetting({ kind: 'set-vf', pf, vfIndex: 2, setting }, 7, kernel);
    assert.deepEqual(kernel.taken, [want]);
  });
}
