import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { layOutTree, parseTree, readFixture, varyTree } from '../testing/tree-loader.ts';
import { readPfs } from './index.ts';
import { parseDeviceSerialNumber, parseVpdSerial } from './serial-number.ts';

// Constructed by the specifications: the emulated cards of the lab have neither VPD nor serial number.

const field = (keyword: string, value: string): Buffer =>
  Buffer.concat([Buffer.from(keyword), Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
const large = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, body.length & 0xff, body.length >> 8]), body]);
};
const name = large(0x82, Buffer.from('Adapter'));
const end = Buffer.from([0x78]);

const VPDS: readonly { name: string; given: Buffer; want: string | null }[] = [
  {
    name: 'a serial number among others, filled up with blanks',
    given: Buffer.concat([name, large(0x90, field('PN', 'A1'), field('SN', 'MT2017X0  ')), end]),
    want: 'MT2017X0',
  },
  {
    name: 'one behind a small resource',
    given: Buffer.concat([Buffer.from([0x09, 1]), large(0x90, field('SN', 'X')), end]),
    want: 'X',
  },
  {
    name: 'one that ends with NULs and has a control character in it',
    given: large(0x90, field('SN', 'A\u0007B\0\0')),
    want: 'AB',
  },
  { name: 'one that says nothing', given: large(0x90, field('SN', '   ')), want: null },
  { name: 'no serial number', given: Buffer.concat([name, large(0x90, field('PN', 'A1')), end]), want: null },
  {
    name: 'one that may be written by anybody',
    given: Buffer.concat([name, large(0x91, field('SN', 'X')), end]),
    want: null,
  },
  { name: 'one behind the end', given: Buffer.concat([end, large(0x90, field('SN', 'X'))]), want: null },
  {
    name: 'a field longer than what is there',
    given: large(0x90, field('SN', 'XYZ').subarray(0, 4)),
    want: null,
  },
  {
    name: 'a list cut off before the serial number',
    given: large(0x90, field('PN', 'A1')).subarray(0, 2),
    want: null,
  },
  { name: 'an erased chip', given: Buffer.alloc(256, 0xff), want: null },
  { name: 'nothing', given: Buffer.alloc(0), want: null },
  { name: 'zeros', given: Buffer.alloc(4096), want: null },
];

suite('parseVpdSerial()', () => {
  for (const { name: given, given: bytes, want } of VPDS) {
    test(given, () => assert.equal(parseVpdSerial(bytes), want));
  }

  test('takes any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void parseVpdSerial(bytes)));
  });
});

/** A configuration space with one extended capability behind another. */
function configWith(capabilityId: number, value: readonly number[], length = 4096): Buffer {
  const config = Buffer.alloc(length);
  config.writeUInt32LE(0x0001 | (1 << 16) | (0x140 << 20), 0x100);
  config.writeUInt32LE(capabilityId | (1 << 16), 0x140);
  config.set(value, 0x144);
  return config;
}

suite('parseDeviceSerialNumber()', () => {
  const value = [0x00, 0x11, 0x00, 0xff, 0xff, 0xbd, 0x70, 0xc4];

  test('reads it from its last byte to its first, as lspci does', () => {
    assert.equal(parseDeviceSerialNumber(configWith(0x0003, value)), 'c4-70-bd-ff-ff-00-11-00');
  });

  for (const { name: given, config } of [
    { name: 'what only root may see', config: configWith(0x0003, value).subarray(0, 64) },
    { name: 'a capability that is cut off', config: configWith(0x0003, value).subarray(0, 0x148) },
    { name: 'another capability', config: configWith(0x0010, value) },
    { name: 'a number of zeros', config: configWith(0x0003, Array(8).fill(0)) },
    { name: 'a number of ones', config: configWith(0x0003, Array(8).fill(0xff)) },
    { name: 'a function that no longer answers', config: Buffer.alloc(4096, 0xff) },
    { name: 'nothing', config: Buffer.alloc(0) },
  ]) {
    test(`knows none from ${given}`, () => assert.equal(parseDeviceSerialNumber(config), null));
  }
});

test('readPfs() takes the printed serial number before that of PCI Express', (t) => {
  const serials = readPfs(layOutTree(t, readFixture('switchdev'))).map((pf) => pf.serial);
  assert.deepEqual(serials, ['MT2017X00000', 'c4-70-bd-ff-ff-00-11-00']);
});

test('readPfs() remembers no serial number of a copy', (t) => {
  const tree = parseTree(readFixture('switchdev'));
  const root = layOutTree(t, tree);
  assert.equal(readPfs(root)[0]?.serial, 'MT2017X00000');
  const without = varyTree(readFixture('switchdev'), '', ['/sys/devices/pci0000:3a/0000:3b:00.0/vpd']);
  assert.equal(readPfs(layOutTree(t, without))[0]?.serial, null);
});
