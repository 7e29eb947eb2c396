import type { XdrReader, XdrWriter } from '../xdr/index.ts';

/** remote_typed_param: a name and a value that says its own type. 64 bits are bigint, since any unit may stand there. */
export type TypedParam = { readonly field: string } & TypedParamValue;

type TypedParamValue =
  | { readonly kind: 'int' | 'uint' | 'double'; readonly value: number }
  | { readonly kind: 'llong' | 'ullong'; readonly value: bigint }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string };

/** virTypedParameterType, include/libvirt/libvirt-common.h. */
const kinds = { int: 1, uint: 2, llong: 3, ullong: 4, double: 5, boolean: 6, string: 7 } as const;

export function readTypedParam(reader: XdrReader): TypedParam {
  return { field: reader.string(), ...readValue(reader) };
}

function readValue(reader: XdrReader): TypedParamValue {
  const kind = reader.int();
  switch (kind) {
    case kinds.int:
      return { kind: 'int', value: reader.int() };
    case kinds.uint:
      return { kind: 'uint', value: reader.uint() };
    case kinds.llong:
      return { kind: 'llong', value: reader.hyper() };
    case kinds.ullong:
      return { kind: 'ullong', value: reader.uhyper() };
    case kinds.double:
      return { kind: 'double', value: reader.double() };
    case kinds.boolean:
      // An int in this one place: any number but 0 is true.
      return { kind: 'boolean', value: reader.int() !== 0 };
    case kinds.string:
      return { kind: 'string', value: reader.string() };
    default:
      throw reader.refuse('a typed parameter', `type ${kind}`);
  }
}

export function writeTypedParam(writer: XdrWriter, param: TypedParam): void {
  writer.string(param.field).int(kinds[param.kind]);
  switch (param.kind) {
    case 'int':
      writer.int(param.value);
      return;
    case 'uint':
      writer.uint(param.value);
      return;
    case 'llong':
      writer.hyper(param.value);
      return;
    case 'ullong':
      writer.uhyper(param.value);
      return;
    case 'double':
      writer.double(param.value);
      return;
    case 'boolean':
      writer.int(param.value ? 1 : 0);
      return;
    case 'string':
      writer.string(param.value);
  }
}
