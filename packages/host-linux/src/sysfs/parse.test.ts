import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PciId, parsePciId } from '@virtfn/model';
import { parseIpv4DefaultRoutes, parseIpv6DefaultRoutes } from './default-route.ts';
import { parseGuestName } from './device-holders.ts';
import { parseCount, parseHex, parseOrNull, printable } from './parse-values.ts';
import { nameIn } from './pci-names.ts';

test('parseCount() takes what counts, and null for the -1 of the kernel', () => {
  for (const [given, want] of [
    ['0', 0],
    ['65535', 65_535],
    ['-1', null],
    ['4294967295', null],
    ['', null],
    ['1e3', null],
    ['0x10', null],
    ['7 VFs', null],
    [null, null],
  ] as const) {
    assert.equal(parseCount(given), want, `of ${given}`);
  }
});

test('parseHex() takes flags and classes', () => {
  assert.equal(parseHex('0x1003'), 0x1003);
  assert.equal(parseHex('0xFFFFFFFF'), 0xffff_ffff);
  assert.equal(parseHex('1003'), null);
  assert.equal(parseHex('0x'), null);
  assert.equal(parseHex(null), null);
});

test('parseOrNull() hides refusals of the model, and nothing else', () => {
  assert.equal(parseOrNull(parsePciId, '0x8086'), '8086');
  assert.equal(parseOrNull(parsePciId, 'no'), null);
  assert.throws(() =>
    parseOrNull(() => {
      throw new TypeError('a defect');
    }, ''),
  );
});

test('printable() leaves out what could write on a terminal', () => {
  assert.equal(printable('a\u001b[31mb\n\u009bc'), 'a[31mbc');
  assert.equal(printable('x'.repeat(1000)).length, 255);
});

test('parseGuestName() finds the virtual machine of a command line', () => {
  for (const [given, want] of [
    ['qemu\0-name\0guest=web,debug-threads=on\0-S\0', 'web'],
    ['qemu\0-name\0debug-threads=on,guest=a=b\0', 'a=b'],
    ['qemu\0-name\0plain\0', 'plain'],
    ['qemu\0-name\0guest=db,,1\0', 'db,1'],
    ['qemu\0-name\0debug-threads=on\0', null],
    ['qemu\0-name', null],
    ['qemu\0-S\0', null],
    ['', null],
  ] as const) {
    assert.equal(parseGuestName(given), want, `of ${JSON.stringify(given)}`);
  }
});

test('parseIpv4DefaultRoutes() takes usable routes to everywhere only', () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth1\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0',
    'eth2\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0',
    'eth3\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'eth4\t00000000',
  ].join('\n');
  assert.deepEqual(parseIpv4DefaultRoutes(text), ['eth0']);
});

test('parseIpv6DefaultRoutes() leaves out the route that rejects', () => {
  const zero = '0'.repeat(32);
  const text = [
    `${zero} 00 ${zero} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0`,
    `fd${zero.slice(2)} 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth1`,
    `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`,
    'garbage',
  ].join('\n');
  assert.deepEqual(parseIpv6DefaultRoutes(text), ['eth0']);
});

test('nameIn() stays in the section of its vendor', () => {
  const id = (text: string): PciId => parsePciId(text);
  const ids = Buffer.from(
    '# comment\n10de  NVIDIA\n\t1572  not this\n8086  Intel Corporation\n# between\n\t10c9  82576 Gigabit\n\t\t8086 a03c  Adapter\n\t1572  X710 – fibre\n15b3  Mellanox\n\t9999  other\n',
  );
  assert.deepEqual(nameIn(ids, id('8086'), id('1572')), {
    vendorName: 'Intel Corporation',
    productName: 'X710 – fibre',
  });
  assert.deepEqual(nameIn(ids, id('8086'), id('9999')), {
    vendorName: 'Intel Corporation',
    productName: 'Device 9999',
  });
  assert.equal(nameIn(ids, id('8086'), id('a03c')).productName, 'Device a03c');
  assert.equal(nameIn(ids, id('8086'), id('10ca')).productName, '82576 Virtual Function');
  assert.deepEqual(nameIn(Buffer.alloc(0), id('1234'), id('10c9')), {
    vendorName: 'Vendor 1234',
    productName: 'Device 10c9',
  });
  assert.equal(nameIn(Buffer.from('8086  First'), id('8086'), id('0001')).vendorName, 'First');
});
