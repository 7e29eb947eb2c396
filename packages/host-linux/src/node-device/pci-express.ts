/** What a PCI Express function can do on its link (`cap`), or does (`sta`). */
export interface PciExpressLink {
  readonly validity: 'cap' | 'sta';
  readonly port: number | null;
  /** GT/s as libvirt spells it; null: the function does not say. */
  readonly speed: string | null;
  readonly width: number;
}

const STATUS = 0x06;
const STATUS_HAS_CAPABILITIES = 0x10;
const FIRST_CAPABILITY = 0x34;
const PCI_EXPRESS = 0x10;
const FLAGS = 0x02;
const LINK_CAPABILITIES = 0x0c;
const LINK_STATUS = 0x12;
/** Kinds of functions inside a root complex have no link: an integrated end point, and an event collector. */
const WITHOUT_LINK = new Set([0x9, 0xa]);
/** By the number in the registers (PCI Express Base Specification, 7.5.3.6). */
const SPEEDS: readonly (string | undefined)[] = [undefined, '2.5', '5', '8', '16', '32', '64'];

/**
 * The links of a function from its configuration space.
 *
 * @param config null or 64 bytes: not to be seen without root
 * @returns null: no PCI Express function, or not seen; empty: one without a link
 */
export function parsePciExpress(config: Buffer | null): readonly PciExpressLink[] | null {
  const at = config === null ? null : findCapability(config);
  if (config === null || at === null || at + LINK_STATUS + 2 > config.length) return null;
  if (WITHOUT_LINK.has((config.readUInt16LE(at + FLAGS) >> 4) & 0xf)) return [];
  const capabilities = config.readUInt32LE(at + LINK_CAPABILITIES);
  const status = config.readUInt16LE(at + LINK_STATUS);
  return [
    { validity: 'cap', port: capabilities >>> 24, ...speedAndWidth(capabilities) },
    { validity: 'sta', port: null, ...speedAndWidth(status) },
  ];
}

function speedAndWidth(register: number): { readonly speed: string | null; readonly width: number } {
  return { speed: SPEEDS[register & 0xf] ?? null, width: (register >> 4) & 0x3f };
}

function findCapability(config: Buffer): number | null {
  if (config.length < 64 || (config.readUInt16LE(STATUS) & STATUS_HAS_CAPABILITIES) === 0) return null;
  let at = config.readUInt8(FIRST_CAPABILITY) & 0xfc;
  // 48 fit in; a list that bites its own tail ends here.
  for (let count = 0; count < 48 && at >= 0x40 && at + 2 <= config.length; count += 1) {
    if (config.readUInt8(at) === PCI_EXPRESS) return at;
    at = config.readUInt8(at + 1) & 0xfc;
  }
  return null;
}
