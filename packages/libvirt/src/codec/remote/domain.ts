import type { XdrReader, XdrWriter } from '../xdr/index.ts';

/**
 * Which domain. Plain data: it may be kept and sent, and does not hold the domain alive. libvirt finds it by the UUID;
 * the name is for people, and the ID changes with each start.
 */
export interface Domain {
  readonly name: string;
  /** "6695eb01-f6a4-8304-79aa-97f2502e193f". */
  readonly uuid: string;
  /** Null: not running. */
  readonly id: number | null;
}

const UUID_BYTES = 16;
const ID_OF_NONE = -1;

/** remote_nonnull_domain. */
export function readDomain(reader: XdrReader): Domain {
  const [name, uuid, id] = [reader.string(), readUuid(reader), reader.int()];
  return { name, uuid, id: id === ID_OF_NONE ? null : id };
}

export function writeDomain(writer: XdrWriter, { name, uuid, id }: Domain): void {
  writer.string(name);
  writeUuid(writer, uuid);
  writer.int(id ?? ID_OF_NONE);
}

/** For procedures that take a domain and nothing else. */
export function writeOnlyDomain(writer: XdrWriter, { domain }: { readonly domain: Domain }): void {
  writeDomain(writer, domain);
}

function readUuid(reader: XdrReader): string {
  const hex = reader.fixed(UUID_BYTES).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** @throws {RangeError} when it is not 32 hexadecimal digits, with or without hyphens */
export function writeUuid(writer: XdrWriter, uuid: string): void {
  const hex = uuid.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`Cannot encode "${uuid}": not a UUID`);
  writer.fixed(Buffer.from(hex, 'hex'));
}
