import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import {
  type Arrival,
  type AttachmentId,
  interfaceAlias,
  isSriovError,
  parseAttachmentId,
  parseNetdevName,
  parsePciAddress,
} from '@virtfn/model';
import fc from 'fast-check';
import { readDomainDocument } from './domain-document.ts';
import { moveDocument } from './move-document.ts';

const GUPPY = readFileSync(path.join(import.meta.dirname, 'fixtures/guppy.xml'), 'utf8');
const id = parseAttachmentId;
const arrival: Arrival = {
  attachmentId: id('b1'),
  pciAddress: parsePciAddress('0000:3b:02.1'),
  netdevName: parseNetdevName('ens9v1'),
  bridge: { kind: 'linux', name: parseNetdevName('br-there') },
};
const arrivals = new Map([
  [id('a1'), arrival],
  [id('a2'), { ...arrival, attachmentId: id('b2') }],
  [id('a3'), { ...arrival, attachmentId: id('b3') }],
]);

/** One device of ours, in its element, before and after. `%` is where text of others may stand. */
interface Piece {
  readonly before: string;
  readonly after: string;
}

const ADDRESS = "<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>";
const VF: Piece = {
  before: `<interface type='hostdev' managed='yes'>%<source >%<address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x0'/>\n</source>%<alias\tname='ua-virtfn-a1'></alias>%<teaming type="transient" persistent="ua-virtfn-a1_standby"/>%${ADDRESS}%</interface>`,
  after: `<interface type='hostdev' managed='yes'>%<source><address type='pci' domain='0x0000' bus='0x3b' slot='0x02' function='0x1'/></source>%<alias name='ua-virtfn-b1'/>%<teaming type='transient' persistent='ua-virtfn-b1_standby'/>%${ADDRESS}%</interface>`,
};
const MACVTAP: Piece = {
  before: `<interface  type='direct' >%<mac address='52:54:00:00:00:02'/>%<source dev='enp1s0v1' mode="passthrough"/>%<target dev='macvtap0'/>%<alias name='ua-virtfn-a2'/>%${ADDRESS}</interface>`,
  after: `<interface  type='direct' >%<mac address='52:54:00:00:00:02'/>%<source dev='ens9v1' mode='passthrough'/>%%<alias name='ua-virtfn-b2'/>%${ADDRESS}</interface>`,
};
const STANDBY: Piece = {
  before: `<interface type='bridge'>%<source bridge='br-n'/>%<target dev='vnet0'/>%<teaming type='persistent'/>%<alias name='ua-virtfn-a1_standby'/></interface>`,
  after: `<interface type='bridge'>%<source bridge='br-there'/>%<target dev='vnet0'/>%<teaming type='persistent'/>%<alias name='ua-virtfn-b1_standby'/></interface>`,
};
const FOREIGN: Piece = {
  before: `<interface type='bridge'>%<source bridge='br-n'/>%<alias name='net0'/></interface>%<toString/>`,
  after: `<interface type='bridge'>%<source bridge='br-n'/>%<alias name='net0'/></interface>%<toString/>`,
};

/** What may stand between elements, and counts differently in bytes, code units and characters. */
const between = fc.constantFrom(
  '',
  '\n  ',
  '\t\r\n',
  '<!-- ü <alias/> -->',
  '<x y="🐟"/>',
  '<toString/>',
  'ünï',
  '<![CDATA[<source/>]]>',
  '&amp;&#10;',
);

const fill = (pattern: string, texts: readonly string[]): string => {
  let at = -1;
  return pattern.replaceAll('%', () => texts[(at += 1)] ?? '');
};

describe('moveDocument()', () => {
  it('changes source and name of what is ours, and not one letter of the rest', () => {
    const piece = fc
      .tuple(
        fc.constantFrom(VF, MACVTAP, STANDBY, FOREIGN),
        fc.array(between, { minLength: 8, maxLength: 8 }),
      )
      // The second text of the VF goes with its source; the one after the macvtap's source stands where its target was.
      .map(([each, texts]): Piece => {
        const inSource = each === VF ? texts.toSpliced(1, 1) : texts;
        return { before: fill(each.before, texts), after: fill(each.after, inSource) };
      });
    fc.assert(
      fc.property(fc.array(piece), between, between, (pieces, head, tail) => {
        const wrap = (devices: readonly string[]): string =>
          `<domain>${head}<name>gü🐟</name>\n<devices>${devices.join(tail)}</devices>${tail}</domain>\n`;
        const moved = moveDocument(wrap(pieces.map(({ before }) => before)), arrivals);
        assert.equal(moved, wrap(pieces.map(({ after }) => after)));
      }),
    );
  });

  it('moves the document of a real machine, with the addresses that its guest knows', () => {
    const moved = moveDocument(GUPPY, arrivals);
    assert.deepEqual(
      readDomainDocument(moved).interfaces.map(({ alias, source }) => [alias, source]),
      [
        ['ua-virtfn-b1', { kind: 'vf', pciAddress: '0000:3b:02.1' }],
        ['ua-virtfn-b2', { kind: 'macvtap', netdevName: 'ens9v1' }],
        ['ua-virtfn-b3', { kind: 'bridge', bridge: 'br-there' }],
      ],
    );
    const guestAddresses = (xml: string): unknown =>
      xml
        .match(/<alias [^>]*>\s*<address type='pci'[^>]*>/g)
        ?.map((text) => text.slice(text.indexOf('<address')));
    assert.deepEqual(guestAddresses(moved), guestAddresses(GUPPY));
    assert.equal(moveDocument(GUPPY, new Map<AttachmentId, Arrival>()), GUPPY);
  });

  it('tells the one kind of bridge from the other', () => {
    const on = (content: string): string =>
      `<domain><devices><interface type='bridge'>${content}<alias name='${interfaceAlias(id('a1'), 'port')}'/></interface></devices></domain>`;
    const ovs = "<virtualport type='openvswitch'><parameters interfaceid='i1'/></virtualport>";
    const toOvs = new Map([
      [id('a1'), { ...arrival, bridge: { kind: 'ovs', name: parseNetdevName('br-int') } } as const],
    ]);
    const sourceOf = (xml: string): unknown => readDomainDocument(xml).interfaces[0]?.source;
    const linux = on("<source bridge='br-n'/>");
    assert.deepEqual(sourceOf(moveDocument(on(`<source bridge='br-n'/>${ovs}`), arrivals)), {
      kind: 'bridge',
      bridge: 'br-there',
    });
    assert.deepEqual(sourceOf(moveDocument(on(`<source bridge='br-n'/>${ovs}`), toOvs)), {
      kind: 'ovs',
      bridge: 'br-int',
      interfaceId: 'i1',
    });
    assert.deepEqual(sourceOf(moveDocument(linux, toOvs)), {
      kind: 'ovs',
      bridge: 'br-int',
      interfaceId: null,
    });
  });

  it('refuses what is no document of a domain', () =>
    assert.throws(
      () => moveDocument('<network/>', arrivals),
      (error) => isSriovError(error, 'HYPERVISOR_REFUSED'),
    ));
});
