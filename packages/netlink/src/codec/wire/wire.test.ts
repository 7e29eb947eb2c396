import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCaptured } from '../captured.ts';
import {
  AttributeReader,
  AttributeWriter,
  Bytes,
  decodeAcknowledgement,
  encodeMessage,
  formatAddress,
  NetlinkDecodeError,
  type NetlinkMessage,
  parseAddress,
  splitMessages,
} from './index.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

type Tree =
  | { readonly kind: 'bytes'; readonly type: number; readonly bytes: Uint8Array }
  | { readonly kind: 'u64'; readonly type: number; readonly value: bigint }
  | { readonly kind: 'nest'; readonly type: number; readonly inside: readonly Tree[] };

const type = fc.integer({ min: 0, max: 0x3fff });
const plain = { noNullPrototype: true };
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('bytes' as const), type, bytes: fc.uint8Array({ maxLength: 20 }) }, plain),
    fc.record(
      { kind: fc.constant('u64' as const), type, value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
      plain,
    ),
    fc.record(
      { kind: fc.constant('nest' as const), type, inside: fc.array(tie('tree'), { maxLength: 4 }) },
      plain,
    ),
  ),
}));

function write(to: AttributeWriter, trees: readonly Tree[]): AttributeWriter {
  for (const each of trees) {
    if (each.kind === 'bytes') to.bytes(each.type, each.bytes);
    else if (each.kind === 'u64') to.u64(each.type, each.value);
    else to.nest(each.type, (inside) => write(inside, each.inside));
  }
  return to;
}

/** Reads what `write` has written, told what to expect: attributes do not say their own types. */
function read(from: AttributeReader, trees: readonly Tree[]): readonly Tree[] {
  return trees.map((each): Tree => {
    assert.ok(from.next());
    assert.equal(from.nested, each.kind === 'nest');
    if (each.kind === 'bytes') return { kind: 'bytes', type: from.type, bytes: from.copy() };
    if (each.kind === 'u64') return { kind: 'u64', type: from.type, value: from.u64() };
    const inside = from.nest();
    const result: Tree = { kind: 'nest', type: from.type, inside: read(inside, each.inside) };
    assert.equal(inside.next(), false);
    return result;
  });
}

test('AttributeReader reads what AttributeWriter wrote', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 8 }), (trees) => {
      const bytes = write(new AttributeWriter(), trees).finish();
      assert.equal(bytes.length % 4, 0);
      const reader = new AttributeReader(new Bytes(bytes), 0);
      assert.deepEqual(read(reader, trees), trees);
      assert.equal(reader.next(), false);
    }),
  );
});

test('AttributeReader moves on or throws NetlinkDecodeError, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        let count = 0;
        for (const reader = new AttributeReader(new Bytes(bytes), 0); reader.next(); ) count++;
        assert.ok(count <= bytes.length / 4);
      } catch (error) {
        assert.ok(error instanceof NetlinkDecodeError);
      }
    }),
  );
});

test('AttributeReader refuses malformed attributes', () => {
  const cases: readonly { name: string; given: string }[] = [
    { name: 'shorter than its header', given: '03000100' },
    { name: 'longer than the bytes', given: '09000100 00000000' },
    { name: 'a header cut off', given: '04000100 0400' },
    { name: 'length 0, which would stand still', given: '00000100' },
  ];
  for (const { name, given } of cases) {
    const readAll = (): void => {
      for (const reader = new AttributeReader(new Bytes(hex(given)), 0); reader.next(); );
    };
    assert.throws(readAll, NetlinkDecodeError, name);
  }
});

test('AttributeReader refuses a value longer than its attribute, also where bytes follow', () => {
  const reader = new AttributeReader(new Bytes(hex('06000100 01020000 08000200 00000000')), 0);
  assert.ok(reader.next());
  assert.equal(reader.u16(), 0x0201);
  assert.throws(() => reader.u32(), NetlinkDecodeError);
  assert.throws(() => reader.u64(), NetlinkDecodeError);
  assert.throws(() => reader.u8(2), NetlinkDecodeError);
  assert.throws(() => reader.u8(-1), NetlinkDecodeError);
  assert.throws(() => reader.address(0, 6), NetlinkDecodeError);
  assert.throws(() => reader.nest(3), NetlinkDecodeError);
});

test('AttributeReader takes a last attribute without padding, and a text without NUL', () => {
  const reader = new AttributeReader(new Bytes(hex('06000100 6c6f')), 0);
  assert.ok(reader.next());
  assert.equal(reader.text(), 'lo');
  assert.equal(reader.next(), false);
});

test('AttributeWriter refuses an attribute over 65535 bytes', () => {
  assert.throws(() => new AttributeWriter().bytes(1, new Uint8Array(65_532)), RangeError);
  assert.throws(
    () =>
      new AttributeWriter().nest(1, (inside) => {
        for (let at = 0; at < 10_000; at++) inside.u32(1, at);
      }),
    RangeError,
  );
  assert.equal(new AttributeWriter().bytes(1, new Uint8Array(65_531)).finish().length, 65_536);
});

test('splitMessages() reads several messages, the last without padding', () => {
  const request = { type: 18, flags: 0, payload: Uint8Array.of(1, 2, 3) };
  const datagram = Buffer.concat([
    encodeMessage(request, 1, 2),
    encodeMessage(request, 3, 4).subarray(0, 19),
  ]);
  const messages = splitMessages(datagram);
  assert.deepEqual(
    messages.map(({ sequence, portId, flags, payload }) => [sequence, portId, flags, [...payload]]),
    [
      [1, 2, 1, [1, 2, 3]],
      [3, 4, 1, [1, 2, 3]],
    ],
  );
  assert.deepEqual(splitMessages(Buffer.alloc(0)), []);
});

test('splitMessages() refuses lengths that leave the datagram', () => {
  const header = (length: string): Buffer => hex(`${length} 10000000 00000000 00000000`);
  for (const length of ['0f000000', '00000000', '11000000', 'ffffffff', 'fdffffff']) {
    assert.throws(() => splitMessages(header(length)), NetlinkDecodeError, length);
  }
  assert.throws(
    () => splitMessages(Buffer.concat([header('10000000'), Buffer.alloc(15)])),
    NetlinkDecodeError,
  );
});

const acknowledgement = (flags: number, payload: string, kind = 2): NetlinkMessage => ({
  type: kind,
  flags,
  sequence: 1,
  portId: 0,
  payload: hex(payload),
});
/** The header of a request of 24 bytes, as acknowledgements repeat it. */
const repeated = '18000000 13000500 01000000 00000000';

test('decodeAcknowledgement() reads a refusal captured from Linux 6.18', () => {
  const [message] = readCaptured('wire/fixtures/refused-mtu').flatMap((each) => splitMessages(each));
  assert.ok(message);
  const want = { errno: 22, message: 'mtu less than device minimum', offset: null, missingAttribute: null };
  assert.deepEqual(decodeAcknowledgement(message), want);
});

test('decodeAcknowledgement() finds the reason behind what is repeated of the request', () => {
  const none = { message: null, offset: null, missingAttribute: null };
  const reason = '07000100 6e6f0000 08000200 24000000'; // NLMSGERR_ATTR_MSG "no", NLMSGERR_ATTR_OFFS 36
  const said = { errno: 22, message: 'no', offset: 36, missingAttribute: null };
  const cases = [
    { name: 'success', given: acknowledgement(0x100, `00000000 ${repeated}`), want: { errno: 0, ...none } },
    { name: 'header only', given: acknowledgement(0x300, `eaffffff ${repeated} ${reason}`), want: said },
    {
      name: 'whole request',
      given: acknowledgement(0x200, `eaffffff ${repeated} 0102030405060708 ${reason}`),
      want: said,
    },
    { name: 'end of a dump', given: acknowledgement(0x202, `eaffffff ${reason}`, 3), want: said },
    {
      name: 'missing attribute',
      given: acknowledgement(0x300, `eaffffff ${repeated} 08000500 03000000`),
      want: { errno: 22, ...none, missingAttribute: 3 },
    },
  ];
  for (const { name, given, want } of cases) assert.deepEqual(decodeAcknowledgement(given), want, name);
});

test('decodeAcknowledgement() refuses what is none, and a request that is said to be longer than the message', () => {
  const malformed = [
    acknowledgement(0, '00000000', 18),
    acknowledgement(0, '0000'),
    acknowledgement(0x200, 'eaffffff ffffffff 13000500 01000000 00000000'),
    acknowledgement(0x200, 'eaffffff'),
  ];
  for (const message of malformed) assert.throws(() => decodeAcknowledgement(message), NetlinkDecodeError);
});

test('parseAddress() and formatAddress() are each other’s reverse', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 32 }), (bytes) => {
      assert.deepEqual(parseAddress(formatAddress(bytes)), Uint8Array.from(bytes));
    }),
  );
  for (const wrong of ['', '52', '52-54', '52:5', '52:54:', 'xx:yy', '5254:00'].slice(2)) {
    assert.throws(() => parseAddress(wrong), RangeError, wrong);
  }
});
