// Who besides virtfn makes or sets VFs on this machine, by the files in which that is configured: file, line, and PF.
// Must never report a line about a card that is not in this machine, nor one that only reads.
import type { PhysicalFunction } from '@virtfn/model';
import type { SysfsReader } from '../../../sysfs/sysfs-reader.ts';
import type { ConfigFile } from '../modules.ts';
import type { ConfigWrite } from './config-write.ts';
import { findModuleOptions } from './module-options.ts';
import { findNetplanWrites } from './netplan.ts';
import { findNetworkManagerWrites } from './networkmanager.ts';
import { findNetworkdWrites } from './networkd.ts';
import { findScriptWrites } from './scripts.ts';

export type { ConfigWrite } from './config-write.ts';

export interface Writers {
  readonly writes: readonly ConfigWrite[];
  /** Files and folders of configuration that are there and could not be read. */
  readonly refused: readonly string[];
}

/** `modprobeFiles` and `commandLine` were read already. */
export function readWriters(
  reader: SysfsReader,
  pfs: readonly PhysicalFunction[],
  modprobeFiles: readonly ConfigFile[],
  commandLine: readonly string[] | null,
): Writers {
  if (pfs.length === 0) return { writes: [], refused: [] };
  const refused: string[] = [];
  const look = { reader, pfs, refused };
  const writes = [
    ...findNetworkManagerWrites(look),
    ...findNetworkdWrites(look),
    ...findNetplanWrites(look),
    ...findModuleOptions(pfs, modprobeFiles, commandLine),
    ...findScriptWrites(look),
  ];
  return { writes, refused: [...new Set(refused)] };
}
