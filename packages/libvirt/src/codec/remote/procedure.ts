import { Program } from '../packet/index.ts';
import type { XdrReader, XdrWriter } from '../xdr/index.ts';

/** One question to the daemon: its number, how it is written down and how its answer is read. Pure. */
export interface Procedure<Given, Result> {
  readonly program: number;
  readonly number: number;
  /** libvirt's name of the function, for messages: "virDomainGetState". */
  readonly name: string;
  /** @throws {RangeError} when a value does not fit the protocol */
  readonly encode: (writer: XdrWriter, given: Given) => void;
  /** @throws {LibvirtDecodeError} */
  readonly decode: (reader: XdrReader) => Result;
}

/** A procedure of the program that all drivers share (REMOTE_PROC_… in src/remote/remote_protocol.x). */
export function remote<Given, Result>(
  number: number,
  name: string,
  encode: (writer: XdrWriter, given: Given) => void,
  decode: (reader: XdrReader) => Result,
): Procedure<Given, Result> {
  return { program: Program.remote, number, name, encode, decode };
}

/** Writes no arguments. */
export function nothingGiven(_writer: XdrWriter, _given: null): void {}

/** Reads an empty answer. */
export function nothing(_reader: XdrReader): null {
  return null;
}
