import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EswitchMode, parsePciAddress, type VfSetting } from '@virtfn/model';
import type { DevlinkFacts, LinkFacts, LinkKernel, VfPort, VfRate } from '../netlink/link-kernel.ts';
import type { StepContext } from './step-context.ts';
import { applyToLink, portsAskedOnce, sendSetting } from './set-vf.ts';

const pf = parsePciAddress('0000:3b:00.0');
const free: VfRate = { minTxRateMbps: null, maxTxRateMbps: null };

/** A kernel that takes everything and tells how it came. */
class TakingKernel implements LinkKernel {
  readonly taken: string[] = [];
  readonly #eswitchMode: EswitchMode | null;
  readonly #ports: ReadonlyMap<number, VfPort>;
  /** Questions about devlink, which are answered with all that there is. */
  asked = 0;
  /** Whether a rate that it takes is in force. */
  isTrue = true;

  constructor(eswitchMode: EswitchMode | null, rates: readonly number[]) {
    this.#eswitchMode = eswitchMode;
    this.#ports = new Map(rates.map((vfIndex) => [vfIndex, { portIndex: 100 + vfIndex, rate: { ...free } }]));
  }

  async setVf(ifIndex: number, vfIndex: number, setting: VfSetting): Promise<void> {
    this.taken.push(`link ${ifIndex}, VF ${vfIndex}: ${setting.attribute}`);
  }

  async setPortRate(_: typeof pf, portIndex: number, rate: VfRate): Promise<void> {
    this.taken.push(`port ${portIndex}: at most ${rate.maxTxRateMbps} Mbit/s`);
    for (const port of this.#ports.values())
      if (port.portIndex === portIndex && this.isTrue) Object.assign(port.rate, rate);
  }

  async readDevlink(): Promise<DevlinkFacts | null> {
    return this.#eswitchMode === null
      ? null
      : { eswitchMode: this.#eswitchMode, serial: null, firmware: null };
  }

  async readVfPorts(): Promise<ReadonlyMap<number, VfPort>> {
    this.asked += 1;
    return structuredClone(this.#ports);
  }

  async readFirmware(): Promise<null> {
    return null;
  }

  async listLinks(): Promise<readonly LinkFacts[]> {
    return [];
  }

  async readLink(ifIndex: number): Promise<LinkFacts> {
    const settings = {
      adminMac: null,
      vlan: null,
      spoofCheck: true,
      trust: false,
      linkState: 'auto',
      ...free,
    } as const;
    const vfs = new Map([...this.#ports.keys()].map((vfIndex) => [vfIndex, settings]));
    return { ifIndex, name: 'ens1f0', adminUp: true, carrier: true, mtu: 1500, vfs };
  }

  readonly setVfs = (): never => assert.fail('not asked');
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
    want: 'port 102: at most 500 Mbit/s',
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
    const step = { kind: 'set-vf', pf, vfIndex: 2, setting } as const;
    await sendSetting(step, 7, portsAskedOnce([step], kernel), kernel);
    assert.deepEqual(kernel.taken, [want]);
  });
}

for (const { name, isTrue, want } of [
  { name: 'the ports are asked for once before all rates and once behind', isTrue: true, want: 'done' },
  { name: 'a rate that its port does not show has failed', isTrue: false, want: 'failed' },
]) {
  test(name, async () => {
    const vfs = Array.from({ length: 64 }, (_, vfIndex) => vfIndex);
    const kernel = new TakingKernel('switchdev', vfs);
    kernel.isTrue = isTrue;
    const steps = vfs.map((vfIndex) => ({ kind: 'set-vf', pf, vfIndex, setting: rate }) as const);
    const unused = (): never => assert.fail('not used');
    const thread = { run: unused } as unknown as StepContext['looking'];
    const outcomes = await applyToLink(steps, 7, {
      kernel,
      clock: { now: () => 0, sleep: unused },
      looking: thread,
      writing: thread,
      loadModule: unused,
      reloadModule: unused,
      kernelLog: unused,
    });
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      vfs.map(() => want),
    );
    assert.deepEqual([kernel.taken.length, kernel.asked], [64, 2]);
  });
}
