import {
  type HostConfig,
  isSriovError,
  type PfConfig,
  type PfMatch,
  parseMacAddress,
  parseModuleOption,
  parseNetdevName,
  parsePciAddress,
  parsePciId,
  parsePhysicalNetwork,
  parseVlan,
  SriovError,
  type VfConfig,
} from '@virtfn/model';
import { Value } from 'typebox/value';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { type HostConfigDocument, HostConfigSchema } from './schema.ts';

type Path = readonly (string | number)[];
type PfDocument = HostConfigDocument['pfs'][number];
type VfDocument = NonNullable<PfDocument['vfs']>[number];

/**
 * Parses the text of `host.yaml`. Every error names line and column.
 *
 * @param file as it is called in errors
 * @throws {SriovError} CONFIG_INVALID
 */
export function parseHostConfig(text: string, file: string): HostConfig {
  const lines = new LineCounter();
  // What is wrong is told by an error of ours; nothing else shall write to the terminal.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const refuse = (offset: number, why: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new SriovError('CONFIG_INVALID', `Cannot read ${file}:${line}:${col}: ${why}`, {
      details: { file, line, column: col },
    });
  };
  const refuseAt = (path: Path, why: string): never => refuse(offsetOf(document, path), why);
  const [syntax] = document.errors;
  if (syntax !== undefined) refuse(syntax.pos[0], syntax.message);
  const content = contentOf(document, (why) => refuse(0, why));
  for (const error of Value.Errors(HostConfigSchema, content)) {
    const isUnknown = error.keyword === 'boolean';
    refuseAt(
      pathOf(error.instancePath),
      `${lastOf(error.instancePath)} ${isUnknown ? 'is no field that there is' : error.message}`,
    );
  }
  return {
    pfs: (content as HostConfigDocument).pfs.map((pf, index) => parsePf(pf, ['pfs', index], refuseAt)),
  };
}

type Refuse = (path: Path, why: string) => never;

/** Parses a value into its type; the parser's words with our line and column. */
function parseAt<Text, Parsed>(
  parse: (text: Text) => Parsed,
  value: Text,
  path: Path,
  refuse: Refuse,
): Parsed {
  try {
    return parse(value);
  } catch (error) {
    if (isSriovError(error)) return refuse(path, error.message);
    throw error;
  }
}

function parsePf(pf: PfDocument, path: Path, refuse: Refuse): PfConfig {
  const at = (...rest: Path): Path => [...path, ...rest];
  const tooHigh = (vfIndex: number, where: Path): void => {
    if (vfIndex >= pf.numVfs)
      refuse(where, `VF ${vfIndex} is not one of the ${pf.numVfs} VFs (they are counted from 0)`);
  };
  for (const [index, vfIndex] of (pf.reservedVfs ?? []).entries()) tooHigh(vfIndex, at('reservedVfs', index));
  const seen = new Set(pf.reservedVfs);
  for (const [index, vf] of (pf.vfs ?? []).entries()) {
    tooHigh(vf.index, at('vfs', index, 'index'));
    if (seen.has(vf.index)) refuse(at('vfs', index, 'index'), `VF ${vf.index} is listed twice`);
    seen.add(vf.index);
  }
  return {
    match: parseMatch(pf.match, at('match'), refuse),
    numVfs: pf.numVfs,
    moduleOption:
      pf.moduleOption === undefined
        ? null
        : parseAt(parseModuleOption, pf.moduleOption, at('moduleOption'), refuse),
    physicalNetworks: (pf.physicalNetworks ?? []).map((name, index) =>
      parseAt(parsePhysicalNetwork, name, at('physicalNetworks', index), refuse),
    ),
    mtu: pf.mtu ?? null,
    eswitchMode: pf.eswitchMode ?? null,
    adminUp: pf.adminUp ?? true,
    reservedVfs: pf.reservedVfs ?? [],
    vfs: (pf.vfs ?? []).map((vf, index) => parseVf(vf, at('vfs', index), refuse)),
  };
}

function parseMatch(match: PfDocument['match'], path: Path, refuse: Refuse): PfMatch {
  const optional = <Parsed>(
    parse: (text: string) => Parsed,
    key: keyof PfDocument['match'],
  ): Parsed | null => {
    const value = match[key];
    return value === undefined ? null : parseAt(parse, value, [...path, key], refuse);
  };
  return {
    pciAddress: optional(parsePciAddress, 'pciAddress'),
    netdevName: optional(parseNetdevName, 'netdevName'),
    mac: optional(parseMacAddress, 'mac'),
    serial: match.serial ?? null,
    vendorId: optional(parsePciId, 'vendorId'),
    productId: optional(parsePciId, 'productId'),
    driver: match.driver ?? null,
  };
}

function parseVf(vf: VfDocument, path: Path, refuse: Refuse): VfConfig {
  const vlan = typeof vf.vlan === 'number' ? { id: vf.vlan } : vf.vlan;
  return {
    vfIndex: vf.index,
    driver: vf.driver ?? 'kernel',
    mtu: vf.mtu ?? null,
    settings: {
      adminMac: vf.mac === undefined ? null : parseAt(parseMacAddress, vf.mac, [...path, 'mac'], refuse),
      vlan:
        vlan === undefined
          ? null
          : parseAt((given) => parseVlan(given.id, given.qos, given.proto), vlan, [...path, 'vlan'], refuse),
      spoofCheck: vf.spoofCheck ?? true,
      trust: vf.trust ?? false,
      linkState: vf.linkState ?? 'auto',
      minTxRateMbps: vf.minTxRateMbps ?? null,
      maxTxRateMbps: vf.maxTxRateMbps ?? null,
    },
  };
}

function contentOf(document: Document, refuse: (why: string) => never): unknown {
  try {
    // Anchors can make a small text stand for a huge document.
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** A JSON pointer to its parts. */
function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function lastOf(pointer: string): string {
  return pointer === '' ? 'the document' : pointer.slice(1).replaceAll('/', '.');
}

/** Where in the text a part of the document stands; of a part that is missing, where its parent does. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
