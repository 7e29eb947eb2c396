import {
  type BridgeConfig,
  type HostConfig,
  type PfConfig,
  type PfMatch,
  parseMacAddress,
  parseModuleOption,
  parseNetdevName,
  parsePciAddress,
  parsePciId,
  parsePhysicalNetwork,
  parseVlan,
  type VfConfig,
} from '@virtfn/model';
import { findMisfit, parseAt, type Path, readYamlDocument, type Refuse } from '../yaml-document/index.ts';
import { type HostConfigDocument, HostConfigSchema } from './schema.ts';

type PfDocument = HostConfigDocument['pfs'][number];
type BridgeDocument = NonNullable<HostConfigDocument['bridges']>[number];
type VfDocument = NonNullable<PfDocument['vfs']>[number];

/**
 * Parses the text of `host.yaml`. Every error names line and column.
 *
 * @param file as it is called in errors
 * @throws {SriovError} CONFIG_INVALID
 */
export function parseHostConfig(text: string, file: string): HostConfig {
  const { content, refuseAt } = readYamlDocument(text, file);
  const misfit = findMisfit(HostConfigSchema, content);
  if (misfit !== null) refuseAt(misfit.path, misfit.why);
  const {
    pfs,
    bridges = [],
    migrationUri = null,
    controllerMayChangeVfs = false,
  } = content as HostConfigDocument;
  return {
    pfs: pfs.map((pf, index) => parsePf(pf, ['pfs', index], refuseAt)),
    bridges: bridges.map((bridge, index) => parseBridge(bridge, ['bridges', index], refuseAt)),
    migrationUri,
    controllerMayChangeVfs,
  };
}

function parseBridge(bridge: BridgeDocument, path: Path, refuse: Refuse): BridgeConfig {
  const { kind = 'linux', vlan = null } = bridge;
  if (kind === 'ovs' && vlan !== null)
    refuse([...path, 'vlan'], 'Open vSwitch is told the VLAN of each interface: leave it out');
  return {
    kind,
    name: parseAt(parseNetdevName, bridge.name, [...path, 'name'], refuse),
    physicalNetwork: parseAt(
      parsePhysicalNetwork,
      bridge.physicalNetwork,
      [...path, 'physicalNetwork'],
      refuse,
    ),
    vlanId: vlan,
  };
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
    localMacs: (pf.localMacs ?? []).map((mac, index) =>
      parseAt(parseMacAddress, mac, at('localMacs', index), refuse),
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
