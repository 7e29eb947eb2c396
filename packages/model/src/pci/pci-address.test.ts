import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSriovError } from '../errors/index.ts';
import { comparePciAddresses, parsePciAddress, pciAddressParts, vfPciAddress } from './pci-address.ts';
import { parsePciId } from './pci-id.ts';

const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');
const anyAddress = fc
  .record({ domain: fc.nat(0xffff), bus: fc.nat(0xff), device: fc.nat(0x1f), func: fc.nat(7) })
  .map(({ domain, bus, device, func }) => `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${func}`);

describe('parsePciAddress()', () => {
  const good: readonly { name: string; given: string; want: string }[] = [
    { name: 'the kernel’s spelling', given: '0000:82:10.1', want: '0000:82:10.1' },
    { name: 'an address without domain', given: '82:00.1', want: '0000:82:00.1' },
    { name: 'upper case', given: '0000:3B:0A.0', want: '0000:3b:0a.0' },
    { name: 'a domain of more than 16 bits (VMD)', given: '10000:e1:00.0', want: '10000:e1:00.0' },
  ];
  for (const { name, given, want } of good) {
    it(`accepts ${name}`, () => assert.equal(parsePciAddress(given), want));
  }

  const bad: readonly { name: string; given: string }[] = [
    { name: 'nothing', given: '' },
    { name: 'an interface name', given: 'eth2' },
    { name: 'a device above 1f', given: '0000:82:20.0' },
    { name: 'a function above 7', given: '0000:82:00.8' },
    { name: 'a path', given: '../../etc/passwd' },
    { name: 'white space behind it', given: '0000:82:00.0\n' },
    { name: 'libvirt’s spelling', given: 'pci_0000_82_00_0' },
  ];
  for (const { name, given } of bad) {
    it(`refuses ${name}, saying what it found and what to do`, () => {
      assert.throws(
        () => parsePciAddress(given),
        (error) =>
          isSriovError(error, 'PCI_ADDRESS_INVALID') &&
          error.details['found'] === given &&
          error.hint.includes('0000:82:00.1'),
      );
    });
  }

  it('takes what it gave and gives the same', () => {
    fc.assert(
      fc.property(anyAddress, (text) => {
        const address = parsePciAddress(text);
        assert.equal(parsePciAddress(address), address);
        const { domain, bus, device, function: func } = pciAddressParts(address);
        assert.equal(`${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${func}`, address);
      }),
    );
  });
});

describe('vfPciAddress()', () => {
  const cases: readonly {
    name: string;
    pf: string;
    offset: number;
    stride: number;
    vfIndex: number;
    want: string;
  }[] = [
    {
      name: 'the first VF of 82:00.1 in the notes',
      pf: '82:00.1',
      offset: 0x80,
      stride: 2,
      vfIndex: 0,
      want: '0000:82:10.1',
    },
    {
      name: 'the second VF of 82:00.0 in the notes',
      pf: '82:00.0',
      offset: 0x80,
      stride: 2,
      vfIndex: 1,
      want: '0000:82:10.2',
    },
    {
      name: 'the seventh VF of an 82576',
      pf: '01:00.0',
      offset: 0x80,
      stride: 2,
      vfIndex: 6,
      want: '0000:01:11.4',
    },
    {
      name: 'a VF on the next bus',
      pf: '07:00.0',
      offset: 0x180,
      stride: 4,
      vfIndex: 0,
      want: '0000:08:10.0',
    },
    { name: 'another domain', pf: '10000:e1:00.0', offset: 1, stride: 1, vfIndex: 0, want: '10000:e1:00.1' },
  ];
  for (const { name, pf, offset, stride, vfIndex, want } of cases) {
    it(`finds ${name}`, () => assert.equal(vfPciAddress(parsePciAddress(pf), offset, stride, vfIndex), want));
  }

  it('refuses a VF behind the last bus', () => {
    assert.throws(
      () => vfPciAddress(parsePciAddress('ff:00.0'), 0x180, 4, 0),
      (error) => isSriovError(error, 'VF_INDEX_INVALID'),
    );
  });

  it('gives every VF of a PF an address of its own', () => {
    fc.assert(
      fc.property(
        fc.nat(0x7fff),
        fc.integer({ min: 1, max: 512 }),
        fc.integer({ min: 1, max: 16 }),
        (routing, offset, stride) => {
          const pf = parsePciAddress(
            `${hex(routing >> 8, 2)}:${hex((routing >> 3) & 0x1f, 2)}.${routing & 7}`,
          );
          const addresses = Array.from({ length: 64 }, (_, vfIndex) =>
            vfPciAddress(pf, offset, stride, vfIndex),
          );
          assert.equal(new Set([pf, ...addresses]).size, 65);
        },
      ),
    );
  });
});

describe('comparePciAddresses()', () => {
  it('sorts as lspci does', () => {
    const sorted: readonly string[] = [
      '0000:07:00.0',
      '0000:07:00.1',
      '0000:82:00.0',
      '0000:82:10.0',
      '0001:00:00.0',
      '10000:00:00.0',
    ];
    const mixed = [4, 1, 5, 0, 3, 2].map((index) => parsePciAddress(sorted[index] ?? ''));
    assert.deepEqual(mixed.toSorted(comparePciAddresses), sorted);
  });
});

describe('parsePciId()', () => {
  it('accepts what lspci and sysfs print', () => {
    assert.equal(parsePciId('10c9'), '10c9');
    assert.equal(parsePciId('0x10CA'), '10ca');
  });
  it('refuses anything else', () => {
    for (const given of ['', '10c', '10c9 ', '*', '0x']) {
      assert.throws(
        () => parsePciId(given),
        (error) => isSriovError(error, 'PCI_ID_INVALID'),
        given,
      );
    }
  });
});
