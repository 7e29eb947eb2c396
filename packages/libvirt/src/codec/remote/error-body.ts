import type { XdrReader } from '../xdr/index.ts';
import { readDomain } from './domain.ts';
import { errorCodeOf, type LibvirtErrorCode } from './error-code.ts';

/** What a refusal carries: virNetMessageError of src/rpc/virnetprotocol.x, virError of libvirt's own interface. */
export interface ErrorBody {
  readonly code: LibvirtErrorCode;
  /** The number that `code` stands for. */
  readonly number: number;
  /** enum virErrorDomain: which part of libvirt says it; 10 is QEMU. */
  readonly domain: number;
  /** libvirt's sentence. For people; never branch on it. */
  readonly message: string | null;
  /** enum virErrorLevel: 1 warning, 2 error. */
  readonly level: number;
  readonly str1: string | null;
  readonly str2: string | null;
  readonly str3: string | null;
  /** Often the errno. */
  readonly int1: number;
  readonly int2: number;
}

export function readErrorBody(reader: XdrReader): ErrorBody {
  const text = (): string | null => reader.optional(() => reader.string());
  const [number, domain, message, level] = [reader.int(), reader.int(), text(), reader.int()];
  reader.optional(readDomain);
  const [str1, str2, str3] = [text(), text(), text()];
  const [int1, int2] = [reader.int(), reader.int()];
  // A network, which no error carries any more: name and UUID.
  reader.optional(() => [reader.string(), reader.fixed(16)]);
  return { code: errorCodeOf(number), number, domain, message, level, str1, str2, str3, int1, int2 };
}
