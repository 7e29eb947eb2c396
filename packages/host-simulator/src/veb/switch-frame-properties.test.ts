import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVlan, type Vlan } from '@virtfn/model';
import fc from 'fast-check';
import { BROADCAST_MAC, type Frame, type Ingress, switchFrame, type VebPort, type VfPool } from './index.ts';
import { mac } from './sample-ports.ts';

// A world so small that addresses, VLANs and filters meet all the time.
const someMac = fc.constantFrom(...['00', '01', '02', '03', 'b0', 'f0'].map(mac));
const someTag = fc.constantFrom<Vlan | null>(
  null,
  null,
  parseVlan(100),
  parseVlan(200),
  parseVlan(100, 3),
  parseVlan(100, 0, '802.1ad'),
);
const someVlanIds = fc.uniqueArray(fc.constantFrom(100, 200, 300), { maxLength: 2 });
const mostly = fc.constantFrom(true, true, true, false);

const someVf = (vfIndex: number): fc.Arbitrary<VfPool> =>
  fc.record({
    vfIndex: fc.constant(vfIndex),
    effectiveMac: fc.option(someMac, { nil: null, freq: 8 }),
    adminMac: fc.option(someMac, { nil: null, freq: 1 }),
    extraMacs: fc.uniqueArray(someMac, { maxLength: 2 }),
    promiscuous: fc.boolean(),
    vlan: someTag,
    guestVlanIds: someVlanIds,
    spoofCheck: fc.boolean(),
    trust: fc.boolean(),
    linkState: fc.constantFrom('auto', 'auto', 'auto', 'enable', 'disable'),
  });

const somePort: fc.Arbitrary<VebPort> = fc.record({
  bridgeMode: fc.constantFrom('veb', 'veb', 'vepa'),
  adminUp: mostly,
  carrier: mostly,
  pf: fc.record({
    macs: fc.constant([mac('f0')]),
    fdbMacs: fc.constantFrom([], [], [mac('b0')]),
    promiscuous: fc.boolean(),
    vlanIds: someVlanIds,
  }),
  vfs: fc.tuple(someVf(0), someVf(1), someVf(2)),
});

const someIngress: fc.Arbitrary<Ingress> = fc.oneof(
  fc.constant<Ingress>({ kind: 'wire' }),
  fc.constant<Ingress>({ kind: 'pf' }),
  fc.constantFrom(0, 1, 2).map((vfIndex): Ingress => ({ kind: 'vf', vfIndex })),
);
const someFrame: fc.Arbitrary<Frame> = fc.record(
  {
    srcMac: someMac,
    dstMac: fc.oneof(
      { weight: 4, arbitrary: someMac },
      { weight: 1, arbitrary: fc.constantFrom(BROADCAST_MAC, '33:33:00:00:00:01') },
    ),
    vlan: someTag,
  },
  { noNullPrototype: true },
);

function holds(predicate: (port: VebPort, ingress: Ingress, frame: Frame) => void): void {
  fc.assert(fc.property(somePort, someIngress, someFrame, predicate), { numRuns: 3000 });
}

// --- What must hold, said once more from the receiver's side, one VF at a time. ---

const isGroup = (address: string): boolean => address === BROADCAST_MAC || address.startsWith('33:33:');

/** A VF works if its driver runs, its PF is up, and its link is not cut. */
const works = (port: VebPort, vf: VfPool): boolean =>
  vf.effectiveMac !== null &&
  port.adminUp &&
  (vf.linkState === 'enable' || (vf.linkState === 'auto' && port.carrier));

const owns = (vf: VfPool, address: string): boolean =>
  address === vf.adminMac ||
  (vf.adminMac === null && address === vf.effectiveMac) ||
  (vf.effectiveMac !== null &&
    (vf.trust || vf.adminMac === null) &&
    vf.extraMacs.some((each) => each === address));

const belongs = (vf: VfPool, tag: Vlan | null): boolean => {
  const id = tag === null ? 'none' : `${tag.proto} ${tag.id}`;
  const own =
    vf.vlan === null
      ? ['none', ...vf.guestVlanIds.map((each) => `802.1q ${each}`)]
      : [`${vf.vlan.proto} ${vf.vlan.id}`];
  return own.includes(id);
};

const senderOf = (port: VebPort, ingress: Ingress): VfPool | undefined =>
  ingress.kind === 'vf' ? port.vfs.find(({ vfIndex }) => vfIndex === ingress.vfIndex) : undefined;

const isForged = (sender: VfPool, frame: Frame): boolean =>
  sender.spoofCheck &&
  (!owns(sender, frame.srcMac) ||
    (frame.vlan !== null && (sender.vlan !== null || !belongs(sender, frame.vlan))));

/** The tag inside the card; undefined if the frame does not get in. */
function tagInside(port: VebPort, ingress: Ingress, frame: Frame): Vlan | null | undefined {
  const sender = senderOf(port, ingress);
  if (sender === undefined) return port.adminUp && port.carrier ? frame.vlan : undefined;
  if (!works(port, sender) || isForged(sender, frame)) return undefined;
  return sender.vlan ?? frame.vlan;
}

function mustReach(port: VebPort, ingress: Ingress, frame: Frame, vf: VfPool): boolean {
  const tag = tagInside(port, ingress, frame);
  if (tag === undefined || !works(port, vf) || !belongs(vf, tag)) return false;
  if (ingress.kind === 'vf' && ingress.vfIndex === vf.vfIndex) return false;
  if (ingress.kind !== 'wire' && port.bridgeMode === 'vepa') return false;
  if (isGroup(frame.dstMac) || owns(vf, frame.dstMac)) return true;
  const isSomebodys =
    port.vfs.some((each) => owns(each, frame.dstMac) && belongs(each, tag)) ||
    ([...port.pf.macs, ...port.pf.fdbMacs].some((each) => each === frame.dstMac) &&
      (tag === null || port.pf.promiscuous || (tag.proto === '802.1q' && port.pf.vlanIds.includes(tag.id))));
  return vf.promiscuous && vf.trust && ingress.kind === 'wire' && !isSomebodys;
}

test('switchFrame() reaches exactly the VFs that MAC and VLAN select', () => {
  let reached = 0;
  holds((port, ingress, frame) => {
    const { to } = switchFrame(port, ingress, frame);
    const got = to.flatMap((each) => (each.kind === 'vf' ? [each.vfIndex] : [])).toSorted((a, b) => a - b);
    const want = port.vfs.filter((vf) => mustReach(port, ingress, frame, vf)).map(({ vfIndex }) => vfIndex);
    assert.deepEqual(got, want);
    reached += got.length;
  });
  assert.ok(reached > 300, `only ${reached} frames reached a VF: the world is not small enough`);
});

test('switchFrame() never gives a frame back to its sender, and the wire gets it once at most', () => {
  holds((port, ingress, frame) => {
    const { to } = switchFrame(port, ingress, frame);
    const places = to.map((each) => (each.kind === 'vf' ? `vf ${each.vfIndex}` : each.kind));
    assert.ok(!places.includes(ingress.kind === 'vf' ? `vf ${ingress.vfIndex}` : ingress.kind));
    assert.equal(new Set(places).size, places.length);
  });
});

test('switchFrame() lets a spoofed frame nowhere', () => {
  holds((port, ingress, frame) => {
    const sender = senderOf(port, ingress);
    if (sender === undefined || !isForged(sender, frame)) return;
    assert.deepEqual(switchFrame(port, ingress, frame).to, []);
  });
});

test('switchFrame() takes nothing from a closed VF and gives it nothing', () => {
  holds((port, ingress, frame) => {
    const { to } = switchFrame(port, ingress, frame);
    const sender = senderOf(port, ingress);
    if (sender !== undefined && !works(port, sender)) assert.deepEqual(to, []);
    for (const vf of port.vfs.filter((each) => !works(port, each))) {
      assert.ok(!to.some((each) => each.kind === 'vf' && each.vfIndex === vf.vfIndex), `VF ${vf.vfIndex}`);
    }
  });
});

test('switchFrame() gives the wire what nobody inside has asked for, and lets no VF out of its port VLAN', () => {
  holds((port, ingress, frame) => {
    const tag = tagInside(port, ingress, frame);
    const out = switchFrame(port, ingress, frame).to.find((each) => each.kind === 'wire');
    const isInside =
      port.vfs.some((vf) => owns(vf, frame.dstMac)) ||
      [...port.pf.macs, ...port.pf.fdbMacs].some((each) => each === frame.dstMac);
    const leaves =
      tag !== undefined &&
      ingress.kind !== 'wire' &&
      port.adminUp &&
      port.carrier &&
      (port.bridgeMode === 'vepa' || isGroup(frame.dstMac) || !isInside);
    assert.equal(out !== undefined, leaves);
    if (out !== undefined) assert.deepEqual(out.frame, { ...frame, vlan: tag });
  });
});

test('switchFrame() says why exactly when nobody gets the frame', () => {
  holds((port, ingress, frame) => {
    const { to, dropped } = switchFrame(port, ingress, frame);
    assert.equal(dropped === null, to.length > 0);
  });
});

test('switchFrame() takes port VLANs off', () => {
  holds((port, ingress, frame) => {
    const tag = tagInside(port, ingress, frame);
    for (const each of switchFrame(port, ingress, frame).to) {
      const hasPortVlan = each.kind === 'vf' && (port.vfs[each.vfIndex]?.vlan ?? null) !== null;
      assert.deepEqual(each.frame.vlan, hasPortVlan ? null : tag);
    }
  });
});

test('pain 8: switchFrame() never takes a VF to a MAC behind its own PF without an FDB entry, and always with one', () => {
  const behind = mac('bb');
  holds((port, ingress, frame) => {
    if (ingress.kind !== 'vf' || port.bridgeMode === 'vepa') return;
    const toBridge: Frame = { ...frame, dstMac: behind };
    const reachesPf = (pf: VebPort['pf']): boolean =>
      switchFrame({ ...port, pf }, ingress, toBridge).to.some((each) => each.kind === 'pf');
    assert.equal(reachesPf({ ...port.pf, promiscuous: true }), false);
    const isSent = tagInside(port, ingress, toBridge) !== undefined && port.carrier;
    const withEntry = { ...port.pf, promiscuous: true, fdbMacs: [...port.pf.fdbMacs, behind] };
    assert.equal(reachesPf(withEntry), isSent);
  });
});
