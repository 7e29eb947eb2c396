// devlink here is constructed byte by byte from include/uapi/linux/devlink.h and net/devlink of Linux 6.12: the kernels
// we test on have none. The lab's netdevsim has.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCapturedMessages, readMeaning } from '../captured.ts';
import { attribute, u32, u64 } from '../rtnetlink/vf-bytes.ts';
import { encodeMessage, NetlinkDecodeError, type NetlinkMessage } from '../wire/index.ts';
import {
  decodeDevlinkDevice,
  decodeDevlinkInfo,
  decodeDevlinkPort,
  decodeDevlinkRate,
  decodeEswitch,
  decodeFamily,
  encodeGetDevlinkInfo,
  encodeGetDevlinkPort,
  encodeGetDevlinkRate,
  encodeGetEswitch,
  encodeGetFamily,
  encodeListDevlinkDevices,
  encodeListDevlinkPorts,
  encodeListDevlinkRates,
  encodeSetDevlinkRate,
  encodeSetEswitch,
} from './index.ts';

const FAMILY = 0x14;
const handle = { busName: 'pci', devName: '0000:3b:00.0' };
const port = { ...handle, portIndex: 3 };

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const u8 = (value: number): Buffer => Buffer.from([value]);
const u16 = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
const handleBytes = Buffer.concat([attribute(1, text('pci')), attribute(2, text('0000:3b:00.0'))]);

function message(command: number, ...attributes: readonly Uint8Array[]): NetlinkMessage {
  const payload = Buffer.concat([Buffer.from([command, 1, 0, 0]), ...attributes]);
  return { type: FAMILY, flags: 0, sequence: 1, portId: 0, payload };
}

test('decodeFamily() reads a reply captured from Linux 6.18', () => {
  const families = readCapturedMessages('genetlink/fixtures/family-ethtool').map(decodeFamily);
  assert.deepEqual(families, readMeaning('genetlink/fixtures/family-ethtool'));
});

test('decodeDevlinkDevice() reads the handle', () => {
  assert.deepEqual(decodeDevlinkDevice(message(3, handleBytes, attribute(136, u8(0)))), handle);
});

test('decodeDevlinkInfo() reads driver, serial numbers and versions', () => {
  const version = (kind: number, name: string, value: string): Buffer =>
    attribute(kind, attribute(103, text(name)), attribute(104, text(value)));
  const info = decodeDevlinkInfo(
    message(
      51,
      handleBytes,
      attribute(98, text('ice')),
      attribute(99, text('00-01-00-ff-ff-00-00-00')),
      attribute(146, text('K65390-000')),
      version(100, 'board.id', 'K65390-000'),
      version(101, 'fw.mgmt', '7.4.13'),
      version(101, 'fw.psid.api', '4.40'),
      version(102, 'fw.mgmt', '7.5.4'),
    ),
  );
  assert.deepEqual(info, {
    ...handle,
    driver: 'ice',
    serialNumber: '00-01-00-ff-ff-00-00-00',
    boardSerialNumber: 'K65390-000',
    fixedVersions: new Map([['board.id', 'K65390-000']]),
    runningVersions: new Map([
      ['fw.mgmt', '7.4.13'],
      ['fw.psid.api', '4.40'],
    ]),
    storedVersions: new Map([['fw.mgmt', '7.5.4']]),
  });
});

test('decodeEswitch() reads modes, and null for what the driver leaves out or a later kernel adds', () => {
  const full = message(29, handleBytes, attribute(25, u16(1)), attribute(26, u8(3)), attribute(62, u8(1)));
  assert.deepEqual(decodeEswitch(full), {
    ...handle,
    mode: 'switchdev',
    inlineMode: 'transport',
    encap: true,
  });
  const unknown = message(29, handleBytes, attribute(25, u16(77)));
  assert.deepEqual(decodeEswitch(unknown), { ...handle, mode: null, inlineMode: null, encap: null });
});

test('decodeDevlinkPort() reads the port of a VF', () => {
  const bytes = message(
    7,
    handleBytes,
    attribute(3, u32(3)),
    attribute(4, u16(2)),
    attribute(6, u32(12)),
    attribute(7, text('ens1f0npf0vf2')),
    attribute(77, u16(4)),
    attribute(150, u32(0)),
    attribute(127, u16(0)),
    attribute(128, u16(2)),
    attribute(149, u8(0)),
    attribute(
      0x8000 | 145,
      attribute(1, Buffer.from([2, 0, 0, 0, 0, 2])),
      attribute(2, u8(1)),
      attribute(3, u8(1)),
    ),
  );
  assert.deepEqual(decodeDevlinkPort(bytes), {
    ...port,
    type: 'eth',
    flavour: 'pcivf',
    portNumber: null,
    controllerNumber: 0,
    pfNumber: 0,
    vfNumber: 2,
    sfNumber: null,
    external: false,
    netdev: { ifIndex: 12, name: 'ens1f0npf0vf2' },
    function: { address: '02:00:00:00:00:02', active: true },
  });
});

test('decodeDevlinkPort() reads the replies of a dump, which carry the command of devices', () => {
  const attributes = [handleBytes, attribute(3, u32(3)), attribute(77, u16(4))];
  assert.deepEqual(
    decodeDevlinkPort(message(3, ...attributes)),
    decodeDevlinkPort(message(7, ...attributes)),
  );
});

test('decodeDevlinkPort() reads an uplink without function', () => {
  const bytes = message(
    7,
    handleBytes,
    attribute(3, u32(65_535)),
    attribute(77, u16(0)),
    attribute(78, u32(0)),
  );
  const decoded = decodeDevlinkPort(bytes);
  assert.equal(decoded.flavour, 'physical');
  assert.equal(decoded.portNumber, 0);
  assert.equal(decoded.netdev, null);
  assert.equal(decoded.function, null);
});

test('decodeDevlinkRate() reads leaves and nodes, in bytes a second', () => {
  const pad = attribute(61);
  const leaf = message(
    76,
    handleBytes,
    attribute(165, u16(0)),
    attribute(3, u32(3)),
    pad,
    attribute(166, u64(0n)),
    pad,
    attribute(167, u64(125_000_000n)),
    attribute(169, text('group')),
  );
  assert.deepEqual(decodeDevlinkRate(leaf), {
    ...handle,
    object: { kind: 'leaf', portIndex: 3 },
    txShare: 0n,
    txMax: 125_000_000n,
    parent: 'group',
  });
  const node = message(76, handleBytes, attribute(165, u16(1)), attribute(168, text('group')));
  assert.deepEqual(decodeDevlinkRate(node)?.object, { kind: 'node', name: 'group' });
  assert.equal(decodeDevlinkRate(message(76, handleBytes)), null);
});

test('decoders of devlink refuse another command, and a reply that names no device or port', () => {
  assert.throws(() => decodeEswitch(message(30, handleBytes)), NetlinkDecodeError);
  assert.throws(() => decodeEswitch(message(29)), NetlinkDecodeError);
  assert.throws(() => decodeDevlinkDevice(message(3, attribute(1, text('pci')))), NetlinkDecodeError);
  assert.throws(() => decodeDevlinkPort(message(7, handleBytes)), NetlinkDecodeError);
  assert.throws(() => decodeFamily(message(1)), NetlinkDecodeError);
});

/** genlmsghdr with the command, then the handle: "pci" and "0000:3b:00.0". */
const head = (command: string): string =>
  `${command}010000 08000100 70636900 11000200 303030303a33623a30302e3000000000`.replaceAll(' ', '');
const requests: readonly {
  name: string;
  given: Parameters<typeof encodeMessage>[0];
  flags: string;
  want: string;
}[] = [
  {
    name: 'encodeGetFamily()',
    given: encodeGetFamily('devlink'),
    flags: '1000 0500',
    want: '03010000 0c000200 6465766c 696e6b00',
  },
  {
    name: 'encodeListDevlinkDevices()',
    given: encodeListDevlinkDevices(FAMILY),
    flags: '1400 0103',
    want: '01010000',
  },
  {
    name: 'encodeGetDevlinkInfo()',
    given: encodeGetDevlinkInfo(FAMILY, handle),
    flags: '1400 0500',
    want: head('33'),
  },
  {
    name: 'encodeGetEswitch()',
    given: encodeGetEswitch(FAMILY, handle),
    flags: '1400 0500',
    want: head('1d'),
  },
  {
    name: 'encodeSetEswitch() mode',
    given: encodeSetEswitch(FAMILY, handle, { kind: 'mode', mode: 'switchdev' }),
    flags: '1400 0500',
    want: `${head('1e')} 06001900 01000000`,
  },
  {
    name: 'encodeSetEswitch() inline mode',
    given: encodeSetEswitch(FAMILY, handle, { kind: 'inline-mode', inlineMode: 'network' }),
    flags: '1400 0500',
    want: `${head('1e')} 05001a00 02000000`,
  },
  {
    name: 'encodeSetEswitch() encap',
    given: encodeSetEswitch(FAMILY, handle, { kind: 'encap', encap: true }),
    flags: '1400 0500',
    want: `${head('1e')} 05003e00 01000000`,
  },
  {
    name: 'encodeListDevlinkPorts() of all',
    given: encodeListDevlinkPorts(FAMILY, null),
    flags: '1400 0103',
    want: '05010000',
  },
  {
    name: 'encodeListDevlinkPorts() of one',
    given: encodeListDevlinkPorts(FAMILY, handle),
    flags: '1400 0103',
    want: head('05'),
  },
  {
    name: 'encodeGetDevlinkPort()',
    given: encodeGetDevlinkPort(FAMILY, port),
    flags: '1400 0500',
    want: `${head('05')} 08000300 03000000`,
  },
  {
    name: 'encodeListDevlinkRates()',
    given: encodeListDevlinkRates(FAMILY, null),
    flags: '1400 0103',
    want: '4a010000',
  },
  {
    name: 'encodeGetDevlinkRate()',
    given: encodeGetDevlinkRate(FAMILY, port),
    flags: '1400 0500',
    want: `${head('4a')} 08000300 03000000`,
  },
  {
    name: 'encodeSetDevlinkRate() share',
    given: encodeSetDevlinkRate(FAMILY, port, { kind: 'tx-share', bytesPerSecond: 1n }),
    flags: '1400 0500',
    want: `${head('4b')} 08000300 03000000 0c00a600 01000000 00000000`,
  },
  {
    name: 'encodeSetDevlinkRate() maximum',
    given: encodeSetDevlinkRate(FAMILY, port, { kind: 'tx-max', bytesPerSecond: 125_000_000n }),
    flags: '1400 0500',
    want: `${head('4b')} 08000300 03000000 0c00a700 40597307 00000000`,
  },
];
for (const { name, given, flags, want } of requests) {
  test(name, () => {
    const bytes = encodeMessage(given, 1, 0).toString('hex');
    assert.equal(bytes.slice(8, 16), flags.replace(' ', ''));
    assert.equal(bytes.slice(32), want.replaceAll(' ', ''));
  });
}

test('encodeSetDevlinkRate() refuses what is no u64', () => {
  for (const bytesPerSecond of [-1n, 2n ** 64n]) {
    assert.throws(() => encodeSetDevlinkRate(FAMILY, port, { kind: 'tx-max', bytesPerSecond }), RangeError);
  }
});
