import { type ConfigWrite, listConfigs, type Look, readConfig, shown } from './config-write.ts';
import { type IniEntry, parseIni, valueOf } from './ini.ts';
import { quote } from '../../quote.ts';
import { matchesPf, type PfMatch } from './match-pf.ts';

const OWNER = 'NetworkManager';
const KEYFILES = ['/etc', '/run', '/usr/lib'].map((top) => `${top}/NetworkManager/system-connections`);
const CONFIGS = ['/etc', '/run', '/usr/lib'].map((top) => `${top}/NetworkManager/conf.d`);
const CONFIG = '/etc/NetworkManager/NetworkManager.conf';
const IFCFG = '/etc/sysconfig/network-scripts';

/** Profiles with an `sriov` setting, of both formats, and `sriov-num-vfs` in the configuration itself. */
export function findNetworkManagerWrites(look: Look): readonly ConfigWrite[] {
  return [
    ...KEYFILES.flatMap((folder) => listConfigs(look, folder, /[^~]$/)).flatMap((file) =>
      inKeyfile(look, file),
    ),
    ...listConfigs(look, IFCFG, /^ifcfg-[^.~]+$/).flatMap((file) => inIfcfg(look, file)),
    ...[CONFIG, ...CONFIGS.flatMap((folder) => listConfigs(look, folder, /\.conf$/))].flatMap((file) =>
      inConfig(look, file),
    ),
  ];
}

/** NetworkManager sets the number whenever the profile is activated, also when it is 0. */
function inKeyfile(look: Look, file: string): readonly ConfigWrite[] {
  const entries = parseIni(readConfig(look, file) ?? '');
  const first = entries.find(({ section }) => section === 'sriov');
  if (first === undefined) return [];
  const count = entries.find(({ section, key }) => section === 'sriov' && key === 'total-vfs') ?? first;
  const name = valueOf(entries, 'connection', 'id') ?? file;
  const wired =
    valueOf(entries, 'ethernet', 'mac-address') ?? valueOf(entries, '802-3-ethernet', 'mac-address');
  return writesOf(look, file, count, `nmcli connection modify ${quote(shown(name))} remove sriov`, {
    netdevs: words(
      valueOf(entries, 'connection', 'interface-name') ?? valueOf(entries, 'match', 'interface-name'),
    ),
    macs: words(wired),
    paths: words(valueOf(entries, 'match', 'path')),
    drivers: words(valueOf(entries, 'match', 'driver')),
  });
}

function inIfcfg(look: Look, file: string): readonly ConfigWrite[] {
  const entries = parseIni(readConfig(look, file) ?? '');
  const found = entries.find(({ key }) => /^SRIOV_(?:TOTAL_VFS|VF\d+)$/.test(key));
  if (found === undefined) return [];
  const name = valueOf(entries, '', 'NAME') ?? valueOf(entries, '', 'DEVICE') ?? '';
  return writesOf(look, file, found, `nmcli connection modify ${quote(shown(name))} remove sriov`, {
    netdevs: words(valueOf(entries, '', 'DEVICE')),
    macs: words(valueOf(entries, '', 'HWADDR')),
  });
}

/** `[device-NAME]` with `match-device=interface-name:eth0;mac:…;driver:igb`, of which one must fit. */
function inConfig(look: Look, file: string): readonly ConfigWrite[] {
  const entries = parseIni(readConfig(look, file) ?? '');
  return entries
    .filter(({ key }) => key === 'sriov-num-vfs')
    .flatMap((entry) => {
      const match = entries.find(
        ({ key, sectionNumber }) => key === 'match-device' && sectionNumber === entry.sectionNumber,
      );
      const specs: readonly PfMatch[] = match === undefined ? [{}] : words(match.value).map(specOf);
      const undo = `delete line ${entry.line} of ${file}, then \`nmcli general reload\``;
      return look.pfs
        .filter((pf) => specs.some((spec) => matchesPf(pf, spec)))
        .map((pf) => writeOf(file, entry, undo, pf.pciAddress));
    });
}

function specOf(spec: string): PfMatch {
  const [, kind, value = ''] = /^(interface-name|mac|driver):=?~?(.*)$/.exec(spec) ?? [];
  if (kind === 'interface-name') return { netdevs: [value] };
  if (kind === 'mac') return { macs: [value] };
  if (kind === 'driver') return { drivers: [value] };
  return { netdevs: [spec] };
}

/** Lists are parted by ; or , or blanks. */
function words(value: string | null): readonly string[] {
  return (value ?? '').split(/[;,\s]+/).filter((word) => word !== '');
}

function writesOf(
  { pfs }: Look,
  file: string,
  entry: IniEntry,
  command: string,
  match: Readonly<Record<string, readonly string[]>>,
): readonly ConfigWrite[] {
  const undo = `\`${command}\``;
  if (Object.values(match).every((patterns) => patterns.length === 0))
    return [writeOf(file, entry, undo, null)];
  return pfs.filter((pf) => matchesPf(pf, match)).map((pf) => writeOf(file, entry, undo, pf.pciAddress));
}

function writeOf(
  file: string,
  { line, key, value }: IniEntry,
  undo: string,
  pf: ConfigWrite['pf'],
): ConfigWrite {
  return { owner: OWNER, file, line, text: shown(`${key}=${value}`), pf, undo };
}
