import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LibvirtDecodeError, XdrReader, XdrWriter } from './index.ts';

/** A value of each type of XDR: how it is written and how it is read. */
type Field =
  | { readonly kind: 'int' | 'uint' | 'double'; readonly value: number }
  | { readonly kind: 'hyper' | 'uhyper'; readonly value: bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'opaque'; readonly value: Uint8Array }
  | { readonly kind: 'optional'; readonly value: string | null }
  | { readonly kind: 'array'; readonly value: readonly number[] };

const text = fc.string({ unit: 'binary', maxLength: 400 }).filter((value) => !value.includes('\0'));
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ kind: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('uint' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
  fc.record({ kind: fc.constant('double' as const), value: fc.double() }),
  fc.record({
    kind: fc.constant('hyper' as const),
    value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  }),
  fc.record({ kind: fc.constant('uhyper' as const), value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
  fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('string' as const), value: text }),
  fc.record({ kind: fc.constant('opaque' as const), value: fc.uint8Array({ maxLength: 700 }) }),
  fc.record({ kind: fc.constant('optional' as const), value: fc.option(text) }),
  fc.record({ kind: fc.constant('array' as const), value: fc.array(fc.integer()) }),
);

function write(writer: XdrWriter, { kind, value }: Field): void {
  if (kind === 'int') writer.int(value);
  else if (kind === 'uint') writer.uint(value);
  else if (kind === 'double') writer.double(value);
  else if (kind === 'hyper') writer.hyper(value);
  else if (kind === 'uhyper') writer.uhyper(value);
  else if (kind === 'bool') writer.bool(value);
  else if (kind === 'string') writer.string(value);
  else if (kind === 'opaque') writer.opaque(value, 700);
  else if (kind === 'optional') writer.optionalString(value);
  else if (kind === 'array') writer.array(value, 100, (inside, item) => inside.int(item));
}

function read(reader: XdrReader, kind: Field['kind']): unknown {
  if (kind === 'opaque') return Uint8Array.from(reader.opaque(700));
  if (kind === 'optional') return reader.optional((inside) => inside.string());
  if (kind === 'array') return reader.array(100, (inside) => inside.int());
  return reader[kind]();
}

test('XdrReader reads what XdrWriter wrote, in multiples of four bytes', () => {
  fc.assert(
    fc.property(fc.array(field, { maxLength: 30 }), (fields) => {
      const writer = new XdrWriter();
      for (const one of fields) write(writer, one);
      const bytes = writer.finish();
      assert.equal(bytes.length % 4, 0);
      const reader = new XdrReader(bytes);
      const values = fields.map(({ kind }) => read(reader, kind));
      reader.end();
      assert.deepEqual(
        values,
        fields.map(({ value }) => value),
      );
    }),
  );
});

test('XdrReader throws LibvirtDecodeError when the bytes are cut anywhere', () => {
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), fc.nat(), (fields, at) => {
      const writer = new XdrWriter();
      for (const one of fields) write(writer, one);
      const bytes = writer.finish();
      const reader = new XdrReader(bytes.subarray(0, at % bytes.length));
      assert.throws(() => fields.map(({ kind }) => read(reader, kind)), LibvirtDecodeError);
    }),
  );
});

const refused = [
  { name: 'a bool of 2', bytes: '00000002', read: (reader: XdrReader) => reader.bool() },
  {
    name: 'an array that says it is longer than what is there',
    bytes: '7fffffff',
    read: (reader: XdrReader) => reader.array(0x7fff_ffff, (inside) => inside.int()),
  },
  {
    name: 'an array over its limit',
    bytes: '000000020000000100000002',
    read: (reader: XdrReader) => reader.array(1, (inside) => inside.int()),
  },
  {
    name: 'a string over its limit',
    bytes: '0000000261620000',
    read: (reader: XdrReader) => reader.string(1),
  },
  {
    name: 'a number over 2^53 where its unit keeps it below',
    bytes: '0020000000000000',
    read: (reader: XdrReader) => reader.safeUhyper(),
  },
  { name: 'bytes behind the end', bytes: '00000000', read: (reader: XdrReader) => reader.end() },
];

for (const { name, bytes, read: readIt } of refused) {
  test(`XdrReader refuses ${name}`, () => {
    assert.throws(() => readIt(new XdrReader(Buffer.from(bytes, 'hex'))), LibvirtDecodeError);
  });
}

const unwritable = [
  { name: 'an int over 2^31 - 1', write: (writer: XdrWriter) => writer.int(0x8000_0000) },
  { name: 'a uint below 0', write: (writer: XdrWriter) => writer.uint(-1) },
  { name: 'half an int', write: (writer: XdrWriter) => writer.int(0.5) },
  { name: 'a hyper over 2^63 - 1', write: (writer: XdrWriter) => writer.hyper(1n << 63n) },
  { name: 'a text with a NUL', write: (writer: XdrWriter) => writer.string('a\0b') },
  { name: 'bytes over their limit', write: (writer: XdrWriter) => writer.opaque(Buffer.alloc(3), 2) },
  {
    name: 'an array over its limit',
    write: (writer: XdrWriter) => writer.array([1, 2], 1, (inside, value) => inside.int(value)),
  },
];

for (const { name, write: writeIt } of unwritable) {
  test(`XdrWriter refuses ${name}`, () => {
    assert.throws(() => writeIt(new XdrWriter()), RangeError);
  });
}
