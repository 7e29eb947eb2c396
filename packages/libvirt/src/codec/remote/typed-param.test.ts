import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LibvirtDecodeError, XdrReader, XdrWriter } from '../xdr/index.ts';
import { readTypedParam, type TypedParam, writeTypedParam } from './typed-param.ts';

const field = fc.string({ maxLength: 80 }).filter((value) => !value.includes('\0'));

const param: fc.Arbitrary<TypedParam> = fc.oneof(
  fc.record({ field, kind: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ field, kind: fc.constant('uint' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
  fc.record({
    field,
    kind: fc.constant('llong' as const),
    value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  }),
  fc.record({
    field,
    kind: fc.constant('ullong' as const),
    value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  }),
  fc.record({ field, kind: fc.constant('double' as const), value: fc.double() }),
  fc.record({ field, kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ field, kind: fc.constant('string' as const), value: field }),
);

test('readTypedParam() reads what writeTypedParam() wrote', () => {
  fc.assert(
    fc.property(param, (given) => {
      const writer = new XdrWriter();
      writeTypedParam(writer, given);
      const reader = new XdrReader(writer.finish());
      assert.deepEqual({ ...readTypedParam(reader) }, { ...given });
      reader.end();
    }),
  );
});

test('readTypedParam() refuses a type that there is not', () => {
  const bytes = new XdrWriter().string('field').int(8).int(0).finish();
  assert.throws(() => readTypedParam(new XdrReader(bytes)), LibvirtDecodeError);
});
