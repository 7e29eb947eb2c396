import { parseMacAddress, parseNetdevName, parseVlan } from '@virtfn/model';
import { stringify } from 'yaml';
import {
  notesOnEswitchMode,
  notesOnLocalMacs,
  notesOnLost,
  type Parsed,
  type PortablePf,
  type PortableVf,
  SILENT_PF,
  SILENT_VF,
  type Translation,
  withNetdev,
} from '../portable.ts';
import { ValueReader } from './read-value.ts';
import { fieldsOf, readYaml, textOf } from './read-yaml.ts';

// `ethernet.sr-iov` of an interface in nmstate's state (nmstate.io, "SR-IOV").

function vfDocument(vf: PortableVf): Record<string, unknown> {
  return {
    id: vf.vfIndex,
    ...(vf.mac === null ? {} : { 'mac-address': vf.mac }),
    ...(vf.spoofCheck === null ? {} : { 'spoof-check': vf.spoofCheck }),
    ...(vf.trust === null ? {} : { trust: vf.trust }),
    ...(vf.minTxRateMbps === null ? {} : { 'min-tx-rate': vf.minTxRateMbps }),
    ...(vf.maxTxRateMbps === null ? {} : { 'max-tx-rate': vf.maxTxRateMbps }),
    ...(vf.vlan === null ? {} : { 'vlan-id': vf.vlan.id, qos: vf.vlan.qos, 'vlan-proto': vf.vlan.proto }),
  };
}

export function formatNmstate(pfs: readonly PortablePf[]): Translation {
  const { named, notes } = withNetdev('nmstate', pfs);
  const interfaces = named.map((pf) => ({
    name: pf.netdevName,
    type: 'ethernet',
    state: 'up',
    ...(pf.mtu === null ? {} : { mtu: pf.mtu }),
    ethernet: { 'sr-iov': { 'total-vfs': pf.numVfs, vfs: pf.vfs.map(vfDocument) } },
  }));
  return {
    text: stringify({ interfaces }, { lineWidth: 0 }),
    notes: [
      ...notes,
      ...notesOnEswitchMode('nmstate', pfs),
      ...notesOnLocalMacs('nmstate', pfs),
      ...notesOnLost('nmstate', named, ['linkState', 'driver']),
    ],
  };
}

/** @throws {SriovError} CONFIG_INVALID */
export function parseNmstate(text: string, file: string): Parsed {
  const read = new ValueReader(file);
  const { interfaces } = fieldsOf(readYaml(text, file));
  const pfs: PortablePf[] = [];
  for (const each of Array.isArray(interfaces) ? interfaces : []) {
    const fields = fieldsOf(each);
    const sriov = fieldsOf(fieldsOf(fields['ethernet'])['sr-iov']);
    const numVfs = read.count('total-vfs', sriov['total-vfs']);
    if (numVfs === null) continue;
    const vfs: unknown = sriov['vfs'];
    pfs.push({
      ...SILENT_PF,
      netdevName: read.parse('name', textOf(fields['name']), parseNetdevName),
      mtu: read.rate('mtu', fields['mtu']),
      numVfs,
      vfs: (Array.isArray(vfs) ? vfs : []).map((vf) => parseVf(fieldsOf(vf), read)),
    });
  }
  return { pfs, notes: [] };
}

function parseVf(vf: Readonly<Record<string, unknown>>, read: ValueReader): PortableVf {
  const vfIndex = read.count('vfs.id', vf['id']);
  if (vfIndex === null) return read.refuse('vfs', 'a VF has no id');
  const where = (field: string): string => `VF ${vfIndex} ${field}`;
  return {
    ...SILENT_VF,
    vfIndex,
    mac: read.parse(where('mac-address'), textOf(vf['mac-address']), parseMacAddress),
    spoofCheck: read.flag(where('spoof-check'), textOf(vf['spoof-check'])),
    trust: read.flag(where('trust'), textOf(vf['trust'])),
    minTxRateMbps: read.rate(where('min-tx-rate'), textOf(vf['min-tx-rate'])),
    maxTxRateMbps: read.rate(where('max-tx-rate'), textOf(vf['max-tx-rate'])),
    // nmstate shows VLAN 0 where there is none.
    vlan:
      textOf(vf['vlan-id']) === '0'
        ? null
        : read.parse(where('vlan-id'), textOf(vf['vlan-id']), (id) =>
            parseVlan(Number(id), Number(textOf(vf['qos']) ?? 0), textOf(vf['vlan-proto']) ?? '802.1q'),
          ),
  };
}
