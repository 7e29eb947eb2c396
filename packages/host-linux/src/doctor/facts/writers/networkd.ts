import type { PhysicalFunction } from '@virtfn/model';
import { type ConfigWrite, listLayeredConfigs, type Look, readConfig, shown } from './config-write.ts';
import { type IniEntry, parseIni } from './ini.ts';
import { matchesPf } from './match-pf.ts';

const FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((top) => `${top}/systemd/network`);

interface LinkFile {
  readonly file: string;
  readonly entries: readonly IniEntry[];
}

/**
 * `SR-IOVVirtualFunctions=` and `[SR-IOV]` of systemd.link, which udev obeys, and `[SR-IOV]` of systemd.network. Of all
 * files of one kind only the first that fits an interface holds for it.
 */
export function findNetworkdWrites(look: Look): readonly ConfigWrite[] {
  return [/\.link$/, /\.network$/].flatMap((ending) => {
    const files = listLayeredConfigs(look, FOLDERS, ending)
      .map((file) => ({ file, entries: parseIni(readConfig(look, file) ?? '') }))
      // A file that hides another one is empty, or a link to /dev/null.
      .filter(({ entries }) => entries.length > 0);
    return look.pfs.flatMap((pf) => {
      const holds = files.find((file) => isFor(file, pf));
      const entry = holds?.entries.find(setsVfs);
      return holds === undefined || entry === undefined ? [] : [writeOf(holds.file, entry, pf)];
    });
  });
}

/** Keys that say more than these about an interface are taken to fit. */
function isFor({ entries }: LinkFile, pf: PhysicalFunction): boolean {
  const values = (keys: readonly string[]): readonly string[] =>
    entries
      .filter(({ section, key }) => section === 'Match' && keys.includes(key))
      .flatMap(({ value }) => value.split(/\s+/).filter((word) => word !== ''));
  return matchesPf(pf, {
    netdevs: listOf(values(['OriginalName', 'Name'])),
    macs: values(['MACAddress', 'PermanentMACAddress']),
    paths: listOf(values(['Path'])),
    drivers: listOf(values(['Driver'])),
  });
}

/** A `!` before the first pattern turns the whole list round. */
function listOf(patterns: readonly string[]): readonly string[] {
  const isTurned = patterns[0]?.startsWith('!') === true;
  return isTurned ? patterns.map((pattern) => `!${pattern.replace(/^!/, '')}`) : patterns;
}

function setsVfs({ section, key }: IniEntry): boolean {
  return section === 'SR-IOV' || (section === 'Link' && key === 'SR-IOVVirtualFunctions');
}

function writeOf(file: string, { line, key, value }: IniEntry, pf: PhysicalFunction): ConfigWrite {
  const reload = file.endsWith('.link') ? 'udevadm control --reload' : 'networkctl reload';
  return {
    owner: file.endsWith('.link') ? 'udev (systemd.link)' : 'systemd-networkd',
    file,
    line,
    text: shown(`${key}=${value}`),
    pf: pf.pciAddress,
    undo: `delete what ${file} says of SR-IOV, then \`${reload}\``,
  };
}
