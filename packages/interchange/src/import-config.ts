import {
  formatHostYaml,
  parseNetplan,
  parseNetworkManager,
  parseNmstate,
  parseSystemdLink,
} from './formats/index.ts';
import type { Parsed, Translation } from './portable.ts';

const PARSERS = {
  networkmanager: parseNetworkManager,
  systemd: parseSystemdLink,
  netplan: parseNetplan,
  nmstate: parseNmstate,
} as const satisfies Record<string, (text: string, file: string) => Parsed>;

export type ImportFormat = keyof typeof PARSERS;
export const IMPORT_FORMATS = Object.keys(PARSERS) as readonly ImportFormat[];

/**
 * A `host.yaml` that wants what another program's file wants of PFs and VFs.
 *
 * @param file as it is called in errors
 * @throws {SriovError} CONFIG_INVALID
 */
export function importConfig(text: string, file: string, format: ImportFormat): Translation {
  const { pfs, notes } = PARSERS[format](text, file);
  const translated = formatHostYaml(pfs);
  return {
    text: translated.text,
    notes: [...(pfs.length === 0 ? [`${file} says nothing about VFs`] : []), ...notes, ...translated.notes],
  };
}
