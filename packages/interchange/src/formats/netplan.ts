import { parseMacAddress, parseNetdevName, parseVlan, type Vlan } from '@virtfn/model';
import { stringify } from 'yaml';
import {
  nameOfPf,
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

// netplan(5): a PF is an ethernet with virtual-function-count, a VF one with `link:` to it, and a VLAN that the card puts on is
// one with `renderer: sriov`. Which VF an ethernet is, only the end of its name tells.

type Fields = Readonly<Record<string, unknown>>;

const vfName = (pf: string, vfIndex: number): string => `${pf}v${vfIndex}`;

export function formatNetplan(pfs: readonly PortablePf[]): Translation {
  const ethernets: Record<string, unknown> = {};
  const vlans: Record<string, unknown> = {};
  const { named, notes } = withNetdev('netplan', pfs);
  for (const pf of named) {
    const name = pf.netdevName;
    ethernets[name] = {
      ...(pf.mtu === null ? {} : { mtu: pf.mtu }),
      'virtual-function-count': pf.numVfs,
      ...(pf.eswitchMode === null ? {} : { 'embedded-switch-mode': pf.eswitchMode }),
    };
    for (const vf of pf.vfs) {
      ethernets[vfName(name, vf.vfIndex)] = {
        link: name,
        ...(vf.mac === null ? {} : { macaddress: vf.mac }),
      };
      if (vf.vlan !== null) {
        vlans[`${vfName(name, vf.vfIndex)}.${vf.vlan.id}`] = {
          id: vf.vlan.id,
          link: vfName(name, vf.vfIndex),
          renderer: 'sriov',
        };
      }
    }
  }
  const network = { version: 2, ethernets, ...(Object.keys(vlans).length === 0 ? {} : { vlans }) };
  return {
    text: stringify({ network }, { lineWidth: 0 }),
    notes: [
      ...notes,
      ...notesOnLocalMacs('netplan', pfs),
      ...notesOnLost('netplan', named, [
        'spoofCheck',
        'trust',
        'linkState',
        'minTxRateMbps',
        'maxTxRateMbps',
        'driver',
      ]),
      ...named.flatMap((pf) =>
        pf.vfs
          .filter(({ vlan }) => vlan !== null && (vlan.qos !== 0 || vlan.proto !== '802.1q'))
          .map(
            (vf) =>
              `netplan has no word for priority and protocol of the VLAN of VF ${vf.vfIndex} of ${nameOfPf(pf)}`,
          ),
      ),
    ],
  };
}

/** @throws {SriovError} CONFIG_INVALID */
export function parseNetplan(text: string, file: string): Parsed {
  const read = new ValueReader(file);
  const network = fieldsOf(fieldsOf(readYaml(text, file))['network']);
  const ethernets = Object.entries(fieldsOf(network['ethernets'])).map(([id, value]): [string, Fields] => [
    id,
    fieldsOf(value),
  ]);
  const vlans = vlansByLink(fieldsOf(network['vlans']), read);
  const notes: string[] = [];
  const vfs = Map.groupBy(
    ethernets.filter(([, fields]) => textOf(fields['link']) !== null),
    ([, fields]) => textOf(fields['link']),
  );
  const pfs = ethernets
    .filter(([id, fields]) => fields['virtual-function-count'] !== undefined || vfs.has(id))
    .map(([id, fields]) => parsePf(id, fields, vfs.get(id) ?? [], vlans, read, notes));
  return { pfs, notes };
}

function vlansByLink(vlans: Fields, read: ValueReader): ReadonlyMap<string, Vlan> {
  const found = new Map<string, Vlan>();
  for (const [id, value] of Object.entries(vlans)) {
    const fields = fieldsOf(value);
    const link = textOf(fields['link']);
    if (fields['renderer'] !== 'sriov' || link === null) continue;
    const vlan = read.parse(`vlans.${id}.id`, textOf(fields['id']), (text) => parseVlan(Number(text)));
    if (vlan !== null) found.set(link, vlan);
  }
  return found;
}

function parsePf(
  id: string,
  fields: Fields,
  entries: readonly (readonly [string, Fields])[],
  vlans: ReadonlyMap<string, Vlan>,
  read: ValueReader,
  notes: string[],
): PortablePf {
  const vfs = entries.flatMap(([vfId, vf]): readonly PortableVf[] => {
    const index = /(\d{1,5})$/.exec(vfId)?.[1];
    if (index === undefined) {
      notes.push(`${vfId} is left out: its name does not end in the number of a VF`);
      return [];
    }
    const mac = read.parse(`${vfId}.macaddress`, textOf(vf['macaddress']), parseMacAddress);
    return [{ ...SILENT_VF, vfIndex: Number(index), mac, vlan: vlans.get(vfId) ?? null }];
  });
  const match = fieldsOf(fields['match']);
  const mode = fields['embedded-switch-mode'];
  return {
    ...SILENT_PF,
    // With `match` the id is only a name inside the file.
    netdevName: read.parse(
      id,
      textOf(fields['set-name']) ?? textOf(match['name']) ?? (fields['match'] === undefined ? id : null),
      parseNetdevName,
    ),
    mac: read.parse(`${id}.match.macaddress`, textOf(match['macaddress']), parseMacAddress),
    mtu: read.rate(`${id}.mtu`, fields['mtu']),
    eswitchMode: mode === 'switchdev' || mode === 'legacy' ? mode : null,
    numVfs:
      read.count(`${id}.virtual-function-count`, fields['virtual-function-count']) ??
      Math.max(-1, ...vfs.map((vf) => vf.vfIndex)) + 1,
    vfs,
  };
}
