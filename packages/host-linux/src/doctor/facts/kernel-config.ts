import { gunzipSync } from 'node:zlib';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';

/** Options of a kernel take about 300 KB. */
const LIMIT = 4 << 20;

/** null: the text is no kernel configuration. Options that were never asked about are missing, and off. */
export function parseKernelOption(config: string | null, option: string): boolean | null {
  if (config?.includes('CONFIG_') !== true) return null;
  return new RegExp(`^${option}=[ym]$`, 'm').test(config);
}

export function readKernelRelease(reader: SysfsReader): string | null {
  const release = reader.text('/proc/sys/kernel/osrelease');
  return release !== null && /^[\w.+~-]+$/.test(release) ? release : null;
}

/** The configuration that the running kernel was built with; null if it does not tell. */
export function readKernelConfig(reader: SysfsReader): string | null {
  const packed = reader.bytes('/proc/config.gz', LIMIT);
  if (packed !== null) return unpack(packed);
  const release = readKernelRelease(reader);
  if (release === null) return null;
  const places = [`/boot/config-${release}`, `/lib/modules/${release}/config`];
  return places.map((place) => reader.text(place, LIMIT)).find((text) => text !== null) ?? null;
}

function unpack(packed: Buffer): string | null {
  try {
    return gunzipSync(packed, { maxOutputLength: LIMIT }).toString('latin1');
  } catch {
    return null;
  }
}
