import type { PciId } from '@virtfn/model';
import { KNOWN_NAMES } from './known-names.ts';
import { printable } from './parse-values.ts';
import type { SysfsReader } from './sysfs-reader.ts';

const PLACES = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'];
/** The file has 1.5 MB today. */
const LIMIT = 16 << 20;

export interface PciName {
  readonly vendorName: string;
  readonly productName: string;
}

/** What was found for this machine: a card keeps its name, and to read the file at each look costs a quarter of it. */
const FOUND_HERE = new Map<string, PciName>();

/** Names of PCI ids by the machine's pci.ids, which is read at the first question, else by the built-in table. */
export class PciNames {
  readonly #reader: SysfsReader;
  readonly #answers: Map<string, PciName>;
  #ids: Buffer | null = null;

  constructor(reader: SysfsReader) {
    this.#reader = reader;
    this.#answers = reader.isThisMachine ? FOUND_HERE : new Map();
  }

  find(vendorId: PciId, productId: PciId): PciName {
    const key = `${vendorId}:${productId}`;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = nameIn(this.#file(), vendorId, productId);
      this.#answers.set(key, answer);
    }
    return answer;
  }

  #file(): Buffer {
    this.#ids ??= this.#reader.bytes(PLACES[0] ?? '', LIMIT) ?? this.#reader.bytes(PLACES[1] ?? '', LIMIT);
    this.#ids ??= Buffer.alloc(0);
    return this.#ids;
  }
}

/** Looks up one product. A file that knows the vendor only gives half of the answer. */
export function nameIn(ids: Buffer, vendorId: PciId, productId: PciId): PciName {
  const known = KNOWN_NAMES[vendorId];
  const section = findVendor(ids, vendorId);
  return {
    vendorName: section?.name ?? known?.name ?? `Vendor ${vendorId}`,
    productName:
      (section === null ? null : findProduct(ids, section.end, productId)) ??
      known?.products[productId] ??
      `Device ${productId}`,
  };
}

/** Vendors stand at the start of a line: `8086  Intel Corporation`. */
function findVendor(ids: Buffer, vendorId: PciId): { readonly name: string; readonly end: number } | null {
  const mark = `${vendorId}  `;
  const start = startsWith(ids, 0, mark) ? 0 : ids.indexOf(`\n${mark}`, 0, 'latin1') + 1;
  if (start === 0 && !startsWith(ids, 0, mark)) return null;
  const end = lineEnd(ids, start);
  const name = printable(ids.toString('utf8', start + mark.length, end).trim());
  return name === '' ? null : { name, end };
}

/** Products follow their vendor behind a tab (subsystems behind two), until a line starts with something else. */
function findProduct(ids: Buffer, from: number, productId: PciId): string | null {
  const mark = `\t${productId}  `;
  for (let start = from + 1; start < ids.length; ) {
    const end = lineEnd(ids, start);
    if (startsWith(ids, start, mark)) {
      const name = printable(ids.toString('utf8', start + mark.length, end).trim());
      return name === '' ? null : name;
    }
    const first = ids[start];
    if (first !== 0x09 && first !== 0x23 && first !== 0x0a) return null;
    start = end + 1;
  }
  return null;
}

function lineEnd(ids: Buffer, from: number): number {
  const end = ids.indexOf(0x0a, from);
  return end === -1 ? ids.length : end;
}

function startsWith(ids: Buffer, at: number, mark: string): boolean {
  return ids.toString('latin1', at, at + mark.length) === mark;
}
