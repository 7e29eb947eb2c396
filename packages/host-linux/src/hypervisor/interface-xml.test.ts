import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type DomainInterface,
  interfaceAlias,
  isSameInterface,
  type NetdevName,
  parseAttachmentId,
  parseMacAddress,
  parseNetdevName,
  parsePciAddress,
} from '@virtfn/model';
import fc from 'fast-check';
import { readDomainDocument } from './domain-document.ts';
import { interfaceXml } from './interface-xml.ts';

const alias = interfaceAlias(parseAttachmentId('a1'), 'port');
const mac = parseMacAddress('fa:16:3e:00:00:01');
const vf = { kind: 'vf', pciAddress: parsePciAddress('0000:02:10.1') } as const;
const bridge = parseNetdevName('br-net');
const VF_SOURCE =
  "<source><address type='pci' domain='0x0000' bus='0x02' slot='0x10' function='0x1'/></source>";

/** What Nova writes for the same kinds (designer.py, config.py), with a name of ours. */
const cases: readonly { readonly name: string; readonly given: DomainInterface; readonly want: string }[] = [
  {
    name: 'a VF with a VLAN, without a model: the guest sees the card',
    given: { alias, mac, vlanId: 100, source: vf, teaming: null },
    want: `<interface type='hostdev' managed='yes'>${VF_SOURCE}<alias name='${alias}'/><mac address='${mac}'/><vlan><tag id='100'/></vlan></interface>`,
  },
  {
    name: 'a VF of no VLAN, without the tag 0 that Nova writes',
    given: { alias, mac, vlanId: null, source: vf, teaming: null },
    want: `<interface type='hostdev' managed='yes'>${VF_SOURCE}<alias name='${alias}'/><mac address='${mac}'/></interface>`,
  },
  {
    name: 'a macvtap in passthrough mode',
    given: {
      alias,
      mac,
      vlanId: null,
      source: { kind: 'macvtap', netdevName: parseNetdevName('ens1v0') },
      teaming: null,
    },
    want: `<interface type='direct'><source dev='ens1v0' mode='passthrough'/><model type='virtio'/><alias name='${alias}'/><mac address='${mac}'/></interface>`,
  },
  {
    name: 'a PF, which keeps its own MAC',
    given: { alias, mac: null, vlanId: null, source: { ...vf, kind: 'pci-device' }, teaming: null },
    want: `<hostdev mode='subsystem' type='pci' managed='yes'>${VF_SOURCE}<alias name='${alias}'/></hostdev>`,
  },
  {
    name: 'an interface on a bridge that stands by',
    given: { alias, mac, vlanId: null, source: { kind: 'bridge', bridge }, teaming: { kind: 'persistent' } },
    want: `<interface type='bridge'><source bridge='br-net'/><model type='virtio'/><alias name='${alias}'/><mac address='${mac}'/><teaming type='persistent'/></interface>`,
  },
  {
    name: 'a VF for which another stands by',
    given: {
      alias,
      mac,
      vlanId: null,
      source: vf,
      teaming: { kind: 'transient', persistent: `${alias}_standby` },
    },
    want: `<interface type='hostdev' managed='yes'>${VF_SOURCE}<alias name='${alias}'/><mac address='${mac}'/><teaming type='transient' persistent='${alias}_standby'/></interface>`,
  },
  {
    name: 'a port of Open vSwitch with its id and VLAN',
    given: {
      alias,
      mac,
      vlanId: 7,
      source: { kind: 'ovs', bridge, interfaceId: '5f0a4b7e-0000-4000-8000-000000000001' },
      teaming: null,
    },
    want: `<interface type='bridge'><source bridge='br-net'/><virtualport type='openvswitch'><parameters interfaceid='5f0a4b7e-0000-4000-8000-000000000001'/></virtualport><model type='virtio'/><alias name='${alias}'/><mac address='${mac}'/><vlan><tag id='7'/></vlan></interface>`,
  },
];

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const anyPciAddress = fc
  .record({ domain: fc.nat(0xffff), bus: fc.nat(0xff), slot: fc.nat(0x1f), fn: fc.nat(7) })
  .map(({ domain, bus, slot, fn }) =>
    parsePciAddress(`${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`),
  );
/** Also those that mean something to XML. */
const anyNetdevName = fc
  .string({ unit: fc.constantFrom(...Array.from(`abz019-_.@&<>'"%ü]`)), minLength: 1, maxLength: 15 })
  .filter((text) => text !== '.' && text !== '..')
  .map((text): NetdevName => parseNetdevName(text));
const anyMac = fc
  .nat(0xffffff)
  .map((low) => parseMacAddress(`52:54:00:${hex(low, 6).replaceAll(/..(?=.)/g, '$&:')}`));
const anyVlan = fc.option(fc.integer({ min: 1, max: 4094 }));
const anyAlias = fc
  .stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/)
  .map((id) => interfaceAlias(parseAttachmentId(id), 'port'));
const anyTeaming = fc.oneof(
  fc.constant(null),
  fc.constant({ kind: 'persistent' } as const),
  anyAlias.map((persistent) => ({ kind: 'transient', persistent }) as const),
);
const anyInterface: fc.Arbitrary<DomainInterface> = fc
  .record({
    alias: anyAlias,
    mac: anyMac,
    vlanId: anyVlan,
    teaming: anyTeaming,
    source: fc.oneof(
      anyPciAddress.map((pciAddress) => ({ kind: 'vf', pciAddress }) as const),
      anyPciAddress.map((pciAddress) => ({ kind: 'pci-device', pciAddress }) as const),
      anyNetdevName.map((netdevName) => ({ kind: 'macvtap', netdevName }) as const),
      anyNetdevName.map((name) => ({ kind: 'bridge', bridge: name }) as const),
      fc
        .record({ bridge: anyNetdevName, interfaceId: fc.option(fc.uuid()) })
        .map((rest) => ({ kind: 'ovs', ...rest }) as const),
    ),
  })
  // libvirt sets neither for a device that is given away whole.
  .map((each) => ({ ...each, ...(each.source.kind === 'pci-device' ? { mac: null, vlanId: null } : {}) }));

describe('interfaceXml()', () => {
  for (const { name, given, want } of cases)
    it(`writes ${name}`, () => assert.equal(interfaceXml(given), want));

  it('writes what readDomainDocument() reads as the same', () => {
    fc.assert(
      fc.property(fc.array(anyInterface, { maxLength: 4 }), (devices) => {
        const xml = `<domain><devices>${devices.map(interfaceXml).join('\n')}</devices></domain>`;
        const { interfaces } = readDomainDocument(xml);
        assert.deepEqual(interfaces, devices);
        for (const [at, found] of interfaces.entries()) {
          const written = devices[at];
          assert.ok(written !== undefined && isSameInterface(written, found));
        }
      }),
    );
  });
});
