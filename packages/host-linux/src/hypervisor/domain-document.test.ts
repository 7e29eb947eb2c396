import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isSriovError, type ObservedInterface, parseMacAddress, parsePciAddress } from '@virtfn/model';
import fc from 'fast-check';
import { readDomainDocument } from './domain-document.ts';

/** `virsh dumpxml` of libvirt 9.0, of a machine that runs with a VF, a macvtap and an interface on a bridge. */
const GUPPY = readFileSync(path.join(import.meta.dirname, 'fixtures/guppy.xml'), 'utf8');
const inDomain = (devices: string): string => `<domain type='kvm'><devices>${devices}</devices></domain>`;
const sourcesOf = (xml: string): readonly unknown[] =>
  readDomainDocument(xml).interfaces.map(({ source }) => source);

const vf: ObservedInterface = {
  alias: 'ua-virtfn-a1',
  mac: parseMacAddress('52:54:00:00:00:01'),
  vlanId: 100,
  source: { kind: 'vf', pciAddress: parsePciAddress('0000:01:10.0') },
  teaming: null,
};

describe('readDomainDocument()', () => {
  it('reads the interfaces of a machine that runs', () => {
    const { interfaces } = readDomainDocument(GUPPY);
    assert.deepEqual(interfaces[0], vf);
    assert.deepEqual(
      interfaces.map(({ alias, mac, source }) => [alias, mac, source?.kind]),
      [
        ['ua-virtfn-a1', '52:54:00:00:00:01', 'vf'],
        ['ua-virtfn-a2', '52:54:00:00:00:02', 'macvtap'],
        ['ua-virtfn-a3', '52:54:00:00:00:03', 'bridge'],
      ],
    );
  });

  it('reads the same whatever stands around it: namespaces, comments, CDATA, entities, a document type', () => {
    const crowded = GUPPY.replace(
      '<domain ',
      "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ",
    )
      .replace(/^/, "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE domain>\n<!-- <devices/> -->\n")
      .replace(
        '<devices>',
        '<!-- <interface/> --><description><![CDATA[<devices>]]> &lt;ü&#x1F41F;&gt;</description>\n<devices>',
      )
      .replace(
        '</devices>',
        "<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface></devices><qemu:commandline><qemu:arg value='-device'/></qemu:commandline>",
      );
    const { interfaces, hasFreeSlot } = readDomainDocument(crowded);
    assert.deepEqual(interfaces.slice(0, 3), readDomainDocument(GUPPY).interfaces);
    assert.deepEqual(interfaces[3], { alias: null, mac: null, vlanId: null, source: null, teaming: null });
    assert.equal(hasFreeSlot, true);
  });

  const vlans: readonly { readonly name: string; readonly given: string; readonly want: number | null }[] = [
    {
      name: 'the tag 0 that Nova writes for a flat network as none',
      given: "<vlan><tag id='0'/></vlan>",
      want: null,
    },
    { name: 'no element as none', given: '', want: null },
    { name: 'an element without a tag as none', given: '<vlan/>', want: null },
    { name: 'a tag that is no number as none', given: "<vlan><tag id='x'/></vlan>", want: null },
    { name: 'the highest', given: "<vlan><tag id='4094'/></vlan>", want: 4094 },
  ];
  for (const { name, given, want } of vlans) {
    it(`reads a VLAN: ${name}`, () => {
      const { interfaces } = readDomainDocument(inDomain(`<interface type='hostdev'>${given}</interface>`));
      assert.deepEqual(
        interfaces.map(({ vlanId }) => vlanId),
        [want],
      );
    });
  }

  const foreign: readonly { readonly name: string; readonly given: string }[] = [
    {
      name: 'of a libvirt network',
      given: "<interface type='network'><source network='default'/></interface>",
    },
    {
      name: 'of a type that is newer than virtfn',
      given: "<interface type='nebula'><source address='1'/></interface>",
    },
    { name: 'without a type', given: '<interface/>' },
    {
      name: 'a macvtap that shares its device',
      given: "<interface type='direct'><source dev='eth0' mode='bridge'/></interface>",
    },
    { name: 'a hostdev without an address', given: "<interface type='hostdev'><source/></interface>" },
    {
      name: 'a hostdev at an address that PCI does not have',
      given:
        "<interface type='hostdev'><source><address type='pci' bus='0x1ff' slot='0x20' function='0x9'/></source></interface>",
    },
    {
      name: 'on a bridge whose name the kernel does not allow',
      given: "<interface type='bridge'><source bridge='a/b'/></interface>",
    },
  ];
  for (const { name, given } of foreign) {
    it(`reads an interface that is none of ours as such: ${name}`, () =>
      assert.deepEqual(sourcesOf(inDomain(given)), [null]));
  }

  it('takes devices of the PCI bus alone for PFs', () => {
    const usb = "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/></source></hostdev>";
    const pci =
      "<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/></source></hostdev>";
    assert.deepEqual(sourcesOf(inDomain(usb + pci)), [{ kind: 'pci-device', pciAddress: '0000:3b:00.1' }]);
  });

  const slots: readonly { readonly name: string; readonly given: string; readonly want: boolean | null }[] = [
    { name: 'free with two ports of five left', given: GUPPY, want: true },
    {
      name: 'taken when each port has a device, also one of ours',
      given: GUPPY.replaceAll(/<controller type='pci' index='[45]'[^]*?<\/controller>/g, ''),
      want: false,
    },
    {
      name: 'not counted on a plain PCI bus',
      given: inDomain("<controller type='pci' index='0' model='pci-root'/>"),
      want: null,
    },
  ];
  for (const { name, given, want } of slots) {
    it(`reads slots: ${name}`, () => assert.equal(readDomainDocument(given).hasFreeSlot, want));
  }

  const refusesWell = (text: string): boolean => {
    try {
      readDomainDocument(text);
      return true;
    } catch (error) {
      return isSriovError(error, 'HYPERVISOR_REFUSED');
    }
  };

  for (const given of [
    '',
    ' ',
    '<domain',
    '<network/>',
    '<a><b></a></b>',
    '<domain>&nothing;</domain>',
    '\u0000',
  ]) {
    it(`refuses ${JSON.stringify(given)}`, () =>
      assert.throws(
        () => readDomainDocument(given),
        (error) => isSriovError(error, 'HYPERVISOR_REFUSED'),
      ));
  }

  it('reads or refuses any text, and says so in no other way', () => {
    const cut = fc.nat(GUPPY.length).map((at) => GUPPY.slice(0, at));
    const torn = fc
      .tuple(fc.nat(GUPPY.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 5 }))
      .map(([at, length, text]) => GUPPY.slice(0, at) + text + GUPPY.slice(at + length));
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), cut, torn), refusesWell));
  });
});
