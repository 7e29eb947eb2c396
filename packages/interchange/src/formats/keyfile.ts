import { parseMacAddress, parseNetdevName, parseVlan, type Vlan } from '@virtfn/model';
import {
  notesOnLocalMacs,
  notesOnLost,
  type Parsed,
  type PortablePf,
  type PortableVf,
  SILENT_PF,
  SILENT_VF,
  type Translation,
} from '../portable.ts';
import { formatFiles, parseIni } from './ini.ts';
import { ValueReader } from './read-value.ts';

// The section [sriov] of a NetworkManager keyfile: nm-settings-keyfile(5), and libnm's NMSettingSriov. Each VF is one key,
// vf.N, with `attribute=value` separated by spaces; a VLAN is ID[.QOS[.q|ad]].

function formatVlan({ id, qos, proto }: Vlan): string {
  if (proto === '802.1ad') return `${id}.${qos}.ad`;
  return qos === 0 ? String(id) : `${id}.${qos}`;
}

function formatVf(vf: PortableVf): string {
  const words = [
    ...(vf.mac === null ? [] : [`mac=${vf.mac}`]),
    ...(vf.spoofCheck === null ? [] : [`spoof-check=${vf.spoofCheck}`]),
    ...(vf.trust === null ? [] : [`trust=${vf.trust}`]),
    ...(vf.minTxRateMbps === null ? [] : [`min-tx-rate=${vf.minTxRateMbps}`]),
    ...(vf.maxTxRateMbps === null ? [] : [`max-tx-rate=${vf.maxTxRateMbps}`]),
    ...(vf.vlan === null ? [] : [`vlans=${formatVlan(vf.vlan)}`]),
  ];
  return `vf.${vf.vfIndex}=${words.join(' ')}`;
}

export function formatNetworkManager(pfs: readonly PortablePf[]): Translation {
  const files = pfs.map((pf) => {
    const name = pf.netdevName ?? String(pf.pciAddress);
    const lines = [
      '[connection]',
      `id=${name}`,
      'type=ethernet',
      ...(pf.netdevName === null ? [] : [`interface-name=${pf.netdevName}`]),
      '',
      '[ethernet]',
      ...(pf.netdevName === null && pf.mac !== null ? [`mac-address=${pf.mac}`] : []),
      ...(pf.mtu === null ? [] : [`mtu=${pf.mtu}`]),
      '',
      '[sriov]',
      `total-vfs=${pf.numVfs}`,
      ...(pf.eswitchMode === null ? [] : [`eswitch-mode=${pf.eswitchMode === 'switchdev' ? 1 : 0}`]),
      ...pf.vfs.map(formatVf),
      '',
      '[ipv4]',
      'method=disabled',
      '',
      '[ipv6]',
      'method=disabled',
      '',
    ];
    return { file: `/etc/NetworkManager/system-connections/${name}.nmconnection`, text: lines.join('\n') };
  });
  const notes = [
    ...notesOnLocalMacs('NetworkManager', pfs),
    ...notesOnLost('NetworkManager', pfs, ['linkState', 'driver']),
  ];
  return { text: formatFiles(files), notes };
}

/** Reads keyfiles, also several of them one after the other. @throws {SriovError} CONFIG_INVALID */
export function parseNetworkManager(text: string, file: string): Parsed {
  const read = new ValueReader(file);
  const pfs: PortablePf[] = [];
  const notes: string[] = [];
  let connection: ReadonlyMap<string, string> = new Map();
  let ethernet: ReadonlyMap<string, string> = new Map();
  for (const { name, entries } of parseIni(text)) {
    if (name === 'connection') {
      connection = entries;
      ethernet = new Map();
    }
    if (name === 'ethernet' || name === '802-3-ethernet') ethernet = entries;
    if (name !== 'sriov') continue;
    pfs.push({
      ...SILENT_PF,
      netdevName: read.parse('interface-name', connection.get('interface-name'), parseNetdevName),
      mac: read.parse('mac-address', ethernet.get('mac-address'), parseMacAddress),
      mtu: read.rate('mtu', ethernet.get('mtu')),
      eswitchMode:
        entries.get('eswitch-mode') === '1'
          ? 'switchdev'
          : entries.get('eswitch-mode') === '0'
            ? 'legacy'
            : null,
      numVfs: read.count('total-vfs', entries.get('total-vfs')) ?? 0,
      vfs: parseVfs(entries, read, notes),
    });
  }
  return { pfs, notes };
}

function parseVfs(
  entries: ReadonlyMap<string, string>,
  read: ValueReader,
  notes: string[],
): readonly PortableVf[] {
  return [...entries].flatMap(([key, value]) => {
    const index = /^vf\.(\d{1,5})$/.exec(key)?.[1];
    return index === undefined ? [] : [parseVf(Number(index), value, read, notes)];
  });
}

function parseVf(vfIndex: number, text: string, read: ValueReader, notes: string[]): PortableVf {
  const words = new Map(
    text.split(/\s+/).map((word): [string, string] => {
      const equals = word.indexOf('=');
      return equals === -1 ? [word, ''] : [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
  const where = (attribute: string): string => `vf.${vfIndex} ${attribute}`;
  const vlans = (words.get('vlans') ?? '').split(';').filter((vlan) => vlan !== '');
  if (vlans.length > 1) notes.push(`VF ${vfIndex} has ${vlans.length} VLANs: only the first is taken`);
  return {
    ...SILENT_VF,
    vfIndex,
    mac: read.parse(where('mac'), words.get('mac'), parseMacAddress),
    spoofCheck: read.flag(where('spoof-check'), words.get('spoof-check')),
    trust: read.flag(where('trust'), words.get('trust')),
    minTxRateMbps: read.rate(where('min-tx-rate'), words.get('min-tx-rate')),
    maxTxRateMbps: read.rate(where('max-tx-rate'), words.get('max-tx-rate')),
    vlan: read.parse(where('vlans'), vlans[0], (vlan) => {
      const [id = '', qos = '0', proto = 'q'] = vlan.split('.');
      return parseVlan(Number(id), Number(qos), `802.1${proto}`);
    }),
  };
}
