import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LibvirtDecodeError } from '../xdr/index.ts';
import { decodePacket, encodePacket, type Packet, PacketSplitter } from './index.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const packet: fc.Arbitrary<Packet> = fc.record({
  program: u32,
  version: u32,
  procedure: fc.integer(),
  type: u32,
  serial: u32,
  status: u32,
  payload: fc.uint8Array({ maxLength: 100 }),
});

const plain = (one: Packet): Packet => ({ ...one, payload: Uint8Array.from(one.payload) });

test('PacketSplitter finds the packets of a stream however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(packet, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 60 })),
      (packets, cuts) => {
        const stream = Buffer.concat(packets.map(encodePacket));
        const splitter = new PacketSplitter();
        const found: Packet[] = [];
        let at = 0;
        for (const cut of cuts) {
          found.push(...splitter.push(stream.subarray(at, at + cut)));
          at += cut;
        }
        found.push(...splitter.push(stream.subarray(at)));
        assert.deepEqual(found.map(plain), packets.map(plain));
      },
    ),
  );
});

const nonsense = [
  { name: 'a length of 0', given: '00000000' },
  { name: 'a length below that of a header', given: '0000001b' },
  { name: 'a length over 32 MiB', given: '02000005' },
  { name: 'text', given: Buffer.from('HTTP/1.1 400 Bad Request').toString('hex') },
];

for (const { name, given } of nonsense) {
  test(`PacketSplitter refuses ${name} before more has come`, () => {
    assert.throws(() => new PacketSplitter().push(Buffer.from(given, 'hex')), LibvirtDecodeError);
  });
}

test('PacketSplitter waits for a packet of 32 MiB', () => {
  const splitter = new PacketSplitter();
  assert.deepEqual(splitter.push(Buffer.from('02000004', 'hex')), []);
});

test('encodePacket() refuses a payload that no daemon would take', () => {
  const payload = new Uint8Array(33_554_409);
  const one: Packet = { program: 1, version: 1, procedure: 1, type: 0, serial: 1, status: 0, payload };
  assert.throws(() => encodePacket(one), RangeError);
});

test('decodePacket() refuses bytes that are not one packet', () => {
  const bytes = encodePacket({
    program: 1,
    version: 1,
    procedure: 1,
    type: 0,
    serial: 1,
    status: 0,
    payload: Buffer.alloc(4),
  });
  assert.throws(() => decodePacket(bytes.subarray(0, 28)), LibvirtDecodeError);
  assert.throws(() => decodePacket(Buffer.concat([bytes, Buffer.alloc(4)])), LibvirtDecodeError);
});
