import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  capabilityOfDriver,
  DRIVER_TABLE,
  effectiveCapability,
  type EswitchMode,
  maxVfsOf,
  parseMacAddress,
  parseVlan,
  type PhysicalFunction,
  type VfAttribute,
  type VfSetting,
} from '@virtfn/model';
import { type Card, CARDS, CONNECTX_6 } from '../cards/index.ts';
import { kernelDriver, unknownDriver } from '../drivers/index.ts';
import { observeMachine, sriovTotalVfs } from '../machine/index.ts';
import { setEswitchMode, setVfDriver, setVfSetting, writeSriovNumvfs } from './index.ts';
import { answerOf, machineWith } from './sample-machine.ts';

// The model's capability table and the simulated drivers were written apart, both from the kernel's source. Here each row
// that has a driver is held against what the driver answers, so that neither can drift away from the other.

/** A value of each attribute that a driver that has the operation takes. */
const PROBES: Readonly<Record<VfAttribute, (smallestMbps: number) => VfSetting>> = {
  adminMac: () => ({ attribute: 'adminMac', value: parseMacAddress('52:54:00:aa:00:01') }),
  vlan: () => ({ attribute: 'vlan', value: parseVlan(100) }),
  spoofCheck: () => ({ attribute: 'spoofCheck', value: true }),
  trust: () => ({ attribute: 'trust', value: true }),
  linkState: () => ({ attribute: 'linkState', value: 'enable' }),
  minTxRateMbps: (mbps) => ({ attribute: 'rate', value: { minTxRateMbps: mbps, maxTxRateMbps: mbps } }),
  maxTxRateMbps: (mbps) => ({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: mbps } }),
};

/** One VF without a driver, on a fresh machine whose PF is in this mode. */
function withVf(card: Card, mode: EswitchMode | null) {
  const { machine, pf } = machineWith(card);
  pf.driversAutoprobe = false;
  const createsFirst = pf.driver?.switchdev?.needsZeroVfs === false;
  if (mode !== null && mode !== pf.eswitchMode && !createsFirst) setEswitchMode(machine, pf, mode);
  writeSriovNumvfs(machine, pf, 1);
  if (mode !== null && mode !== pf.eswitchMode) setEswitchMode(machine, pf, mode);
  machine.clock.advance(5000);
  return { machine, pf, vf: machine.vf(pf, 0) };
}

function observedPf(card: Card): PhysicalFunction {
  const [pf] = observeMachine(machineWith(card).machine).pfs;
  assert.ok(pf !== undefined);
  return pf;
}

for (const [name, card] of Object.entries(CARDS)) {
  const capability = capabilityOfDriver(card.driver);

  test(`the table's row of ${card.driver} (${name}): every attribute is answered as it says, in every mode`, () => {
    const modes: readonly (EswitchMode | null)[] =
      card.eswitchMode === null ? [null] : ['legacy', 'switchdev'];
    for (const mode of modes) {
      const effective = effectiveCapability(observedPf(card), mode);
      for (const [attribute, probe] of Object.entries(PROBES)) {
        const { machine, pf, vf } = withVf(card, mode);
        const answer = answerOf(() => setVfSetting(machine, pf, vf, probe(capability.rates.smallestMbps)));
        const said = effective.attributes[attribute as VfAttribute];
        assert.equal(answer === 'done' ? 'yes' : 'no', said, `${attribute} in ${mode}: ${answer}`);
      }
    }
  });

  test(`the table's row of ${card.driver} (${name}): VLAN protocols`, () => {
    for (const proto of ['802.1q', '802.1ad'] as const) {
      const { machine, pf, vf } = withVf(card, null);
      const vlan = parseVlan(100, 0, proto);
      assert.equal(
        answerOf(() => setVfSetting(machine, pf, vf, { attribute: 'vlan', value: vlan })),
        capability.vlanProtocols.includes(proto) ? 'done' : 'EPROTONOSUPPORT',
      );
    }
  });

  test(`the table's row of ${card.driver} (${name}): most VFs`, () => {
    const { machine, pf } = machineWith(card);
    const most = maxVfsOf(observedPf(card));
    assert.equal(most, sriovTotalVfs(pf));
    assert.equal(
      maxVfsOf({ ...observedPf(card), totalVfs: card.totalVfs }),
      most,
      'also if the card says more',
    );
    assert.equal(
      answerOf(() => writeSriovNumvfs(machine, pf, most + 1)),
      'ERANGE',
    );
    writeSriovNumvfs(machine, pf, most);
    assert.equal(pf.numVfs, most);
  });

  test(`the table's row of ${card.driver} (${name}): what VF count, link and drivers need`, () => {
    const down = machineWith(card, { downPorts: [0] });
    answerOf(() => writeSriovNumvfs(down.machine, down.pf, 1));
    assert.equal(down.pf.numVfs === 0, capability.vfCountNeedsPfUp, 'vfCountNeedsPfUp');

    const { machine, pf } = machineWith(card);
    writeSriovNumvfs(machine, pf, 1);
    const lostLink = observeMachine(machine).pfs[0]?.carrier === false;
    assert.equal(lostLink, capability.vfCountDropsPfLink, 'vfCountDropsPfLink');
    assert.equal(pf.vfs[0]?.driver, capability.vfDriver, 'vfDriver');
    assert.equal(pf.driver?.countsVfs, capability.vfStats === 'yes', 'vfStats');
  });

  test(`the table's row of ${card.driver} (${name}): rates and the link`, () => {
    if (capability.attributes.maxTxRateMbps !== 'yes') return;
    const { machine, pf, vf } = withVf(card, null);
    machine.setCable(pf, false);
    const setting = PROBES.maxTxRateMbps(capability.rates.smallestMbps);
    const isTaken = answerOf(() => setVfSetting(machine, pf, vf, setting)) === 'done';
    const { onlyProducts } = capability.rates;
    const hasRates = onlyProducts === null || onlyProducts.includes(card.productId);
    assert.equal(isTaken, hasRates && !capability.rates.needsLink);
  });

  test(`the table's row of ${card.driver} (${name}): when a VF sees its MAC, and how it is cleared`, () => {
    const { machine, pf, vf } = withVf(card, null);
    setVfDriver(machine, pf, vf, 'kernel');
    const old = vf.effectiveMac;
    setVfSetting(machine, pf, vf, PROBES.adminMac(0));
    const isReset = machine.clock.now() < vf.resetUntil;
    const seen = vf.effectiveMac === old ? 'reload' : isReset ? 'reset' : 'at-once';
    assert.equal(seen, capability.macTakesEffect);
    machine.clock.advance(1000);
    setVfSetting(machine, pf, vf, { attribute: 'adminMac', value: null });
    assert.equal(vf.settings.adminMac === null, capability.macClearedBy === 'zero');
  });

  test(`the table's row of ${card.driver} (${name}): the order of VFs and switchdev`, () => {
    const { machine, pf } = machineWith(card);
    pf.driversAutoprobe = false;
    if (capability.switchdev?.createVfsInLegacy === true) writeSriovNumvfs(machine, pf, 1);
    assert.equal(
      answerOf(() => setEswitchMode(machine, pf, 'switchdev')),
      capability.switchdev === null ? 'EOPNOTSUPP' : 'done',
    );
  });
}

test('the table has a row for the driver of every card, and every simulated driver a card', () => {
  const known = new Set(DRIVER_TABLE.map((row) => row.driver));
  for (const card of Object.values(CARDS)) assert.ok(known.has(card.driver), card.driver);
  const simulated = DRIVER_TABLE.map((row) => row.driver).filter(
    (driver) => kernelDriver(driver).vfDriver !== unknownDriver(driver).vfDriver,
  );
  const plugged = new Set(Object.values(CARDS).map((card) => card.driver));
  assert.deepEqual(
    simulated.filter((driver) => !plugged.has(driver)),
    [],
  );
});

test('the cautious row of an unknown driver promises nothing that must be there', () => {
  const { machine, pf } = machineWith({ ...CONNECTX_6, driver: 'novel', eswitchMode: null });
  pf.driversAutoprobe = false;
  writeSriovNumvfs(machine, pf, 1);
  const { attributes } = capabilityOfDriver('novel');
  for (const support of Object.values(attributes)) assert.equal(support, 'probe');
  assert.equal(
    answerOf(() => setVfSetting(machine, pf, machine.vf(pf, 0), PROBES.maxTxRateMbps(100))),
    'EOPNOTSUPP',
  );
});
