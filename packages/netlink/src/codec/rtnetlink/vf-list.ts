import { AttributeReader } from '../wire/attribute-reader.ts';
import { IFLA_VF_INFO, IflaVf } from './uapi.ts';
import { decodeVf, type VfInfo } from './vf-info.ts';

/** `end`: where the list really ends, or null when that cannot be known, and neither what follows it. */
interface VfList {
  readonly vfs: readonly VfInfo[];
  readonly end: number | null;
}

const HEADER = 4;
const WRAP = 0x1_0000;
/** An IFLA_VF_INFO starts with IFLA_VF_MAC: header, u32 VF index, 32 bytes of address. */
const MAC_LENGTH = HEADER + 4 + 32;

/**
 * Decodes IFLA_VFINFO_LIST, on which `attributes` stands.
 *
 * The length of an attribute is a u16, and the kernel ends this nest without looking (nla_nest_end in
 * include/net/netlink.h): a VF takes 196 bytes, 296 with counters, so from 335 VFs (222 with counters) on, the length is
 * 65536 or more too small. Read as it stands, the list is a few VFs, and attributes made of the rest of them follow. The
 * bytes themselves are all there, as the length of a message has 32 bits. So we go on past the end that is claimed as
 * long as whole VFs with rising numbers follow, and believe the end found if its length modulo 65536 is the one claimed.
 */
export function decodeVfList(attributes: AttributeReader, addressLength: number): VfList {
  const claimedEnd = attributes.start + attributes.length;
  const room = attributes.end - attributes.start;
  if (room + HEADER < WRAP) {
    const vfs: VfInfo[] = [];
    for (const entries = attributes.nest(); entries.next(); ) {
      if (entries.type === IFLA_VF_INFO) vfs.push(decodeVf(entries.nest(), addressLength));
    }
    return { vfs, end: claimedEnd };
  }

  const vfs: VfInfo[] = [];
  let at = attributes.start;
  for (;;) {
    const length = lengthOfVf(attributes, at);
    if (length === null) break;
    const entry = new AttributeReader(attributes.bytes, at + HEADER, at + length);
    const vf = decodeVf(entry, addressLength);
    if (vf.vfIndex <= (vfs.at(-1)?.vfIndex ?? -1)) break;
    vfs.push(vf);
    at += (length + 3) & ~3;
  }
  const length = HEADER + at - attributes.start;
  return length % WRAP === attributes.lengthField ? { vfs, end: at } : { vfs: [], end: null };
}

/** The length of the IFLA_VF_INFO that starts at `at`, or null if none does. */
function lengthOfVf({ bytes, end }: AttributeReader, at: number): number | null {
  if (at + HEADER + MAC_LENGTH > end) return null;
  const length = bytes.u16(at);
  const isVf = (bytes.u16(at + 2) & 0x3fff) === IFLA_VF_INFO;
  const hasMac = bytes.u16(at + HEADER) === MAC_LENGTH && bytes.u16(at + HEADER + 2) === IflaVf.mac;
  return isVf && hasMac && length >= HEADER + MAC_LENGTH && at + length <= end ? length : null;
}
