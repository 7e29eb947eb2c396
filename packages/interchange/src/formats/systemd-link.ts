import { type LinkState, parseMacAddress, parseNetdevName, parsePciAddress, parseVlan } from '@virtfn/model';
import {
  nameOfPf,
  notesOnEswitchMode,
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

// systemd.link(5) since version 251: SR-IOVVirtualFunctions= in [Link], and one section [SR-IOV] for each VF.

type Section = ReadonlyMap<string, string>;

const yesNo = (isOn: boolean): string => (isOn ? 'yes' : 'no');
const LINK_STATES: Readonly<Record<LinkState, string>> = { auto: 'auto', enable: 'yes', disable: 'no' };

function formatVf(vf: PortableVf): readonly string[] {
  return [
    '',
    '[SR-IOV]',
    `VirtualFunction=${vf.vfIndex}`,
    ...(vf.vlan === null
      ? []
      : [
          `VLANId=${vf.vlan.id}`,
          ...(vf.vlan.qos === 0 ? [] : [`QualityOfService=${vf.vlan.qos}`]),
          ...(vf.vlan.proto === '802.1q' ? [] : ['VLANProtocol=802.1ad']),
        ]),
    ...(vf.spoofCheck === null ? [] : [`MACSpoofCheck=${yesNo(vf.spoofCheck)}`]),
    ...(vf.trust === null ? [] : [`Trust=${yesNo(vf.trust)}`]),
    ...(vf.linkState === null ? [] : [`LinkState=${LINK_STATES[vf.linkState]}`]),
    ...(vf.mac === null ? [] : [`MACAddress=${vf.mac}`]),
  ];
}

export function formatSystemdLink(pfs: readonly PortablePf[]): Translation {
  const files = pfs.map((pf) => {
    const lines = [
      '[Match]',
      pf.pciAddress === null ? `OriginalName=${pf.netdevName}` : `Path=pci-${pf.pciAddress}`,
      '',
      '[Link]',
      // Without it this file would take the name away that another one gives.
      'NamePolicy=keep kernel database onboard slot path',
      ...(pf.mtu === null ? [] : [`MTUBytes=${pf.mtu}`]),
      `SR-IOVVirtualFunctions=${pf.numVfs}`,
      ...pf.vfs.flatMap(formatVf),
      '',
    ];
    return { file: `/etc/systemd/network/10-${nameOfPf(pf)}.link`, text: lines.join('\n') };
  });
  return {
    text: formatFiles(files),
    notes: [
      ...notesOnEswitchMode('systemd.link', pfs),
      ...notesOnLocalMacs('systemd.link', pfs),
      ...notesOnLost('systemd.link', pfs, ['minTxRateMbps', 'maxTxRateMbps', 'driver']),
    ],
  };
}

/** Reads .link files, also several of them one after the other. @throws {SriovError} CONFIG_INVALID */
export function parseSystemdLink(text: string, file: string): Parsed {
  const read = new ValueReader(file);
  const pfs: { match: Section; link: Section; vfs: Section[] }[] = [];
  for (const { name, entries } of parseIni(text)) {
    if (name === 'Match') pfs.push({ match: entries, link: new Map(), vfs: [] });
    const pf = pfs.at(-1);
    if (pf === undefined) continue;
    if (name === 'Link') pf.link = entries;
    if (name === 'SR-IOV') pf.vfs.push(entries);
  }
  return {
    pfs: pfs
      .filter(({ link, vfs }) => link.has('SR-IOVVirtualFunctions') || vfs.length > 0)
      .map(({ match, link, vfs }) => parsePf(match, link, vfs, read)),
    notes: [],
  };
}

function parsePf(match: Section, link: Section, sections: readonly Section[], read: ValueReader): PortablePf {
  const vfs = sections.map((section) => parseVf(section, read));
  return {
    ...SILENT_PF,
    pciAddress: read.parse('Path', /^pci-(\S+)$/.exec(match.get('Path') ?? '')?.[1], parsePciAddress),
    netdevName: read.parse('OriginalName', link.get('Name') ?? match.get('OriginalName'), parseNetdevName),
    mac: read.parse(
      'MACAddress',
      match.get('PermanentMACAddress') ?? match.get('MACAddress'),
      parseMacAddress,
    ),
    mtu: read.rate('MTUBytes', link.get('MTUBytes')),
    // Without a number there are as many as the highest VF needs.
    numVfs:
      read.count('SR-IOVVirtualFunctions', link.get('SR-IOVVirtualFunctions')) ??
      Math.max(-1, ...vfs.map((vf) => vf.vfIndex)) + 1,
    vfs,
  };
}

function parseVf(section: Section, read: ValueReader): PortableVf {
  const vfIndex = read.count('VirtualFunction', section.get('VirtualFunction'));
  if (vfIndex === null) return read.refuse('[SR-IOV]', 'VirtualFunction= is missing');
  const where = (key: string): string => `${key} of VF ${vfIndex}`;
  const state = section.get('LinkState');
  const isUp = state === undefined || state === 'auto' ? null : read.flag(where('LinkState'), state);
  return {
    ...SILENT_VF,
    vfIndex,
    mac: read.parse(where('MACAddress'), section.get('MACAddress'), parseMacAddress),
    vlan: read.parse(where('VLANId'), section.get('VLANId'), (id) =>
      parseVlan(
        Number(id),
        Number(section.get('QualityOfService') ?? 0),
        (section.get('VLANProtocol') ?? '802.1q').toLowerCase(),
      ),
    ),
    spoofCheck: read.flag(where('MACSpoofCheck'), section.get('MACSpoofCheck')),
    trust: read.flag(where('Trust'), section.get('Trust')),
    linkState: state === 'auto' ? 'auto' : isUp === null ? null : isUp ? 'enable' : 'disable',
  };
}
