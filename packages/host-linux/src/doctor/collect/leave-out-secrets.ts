import type { PhysicalFunction } from '@virtfn/model';
import { KERNEL_LOG_FILE } from '../facts/kernel.ts';
import { startedScripts } from '../facts/writers/scripts.ts';
import { writesVfs } from '../facts/writers/script-lines.ts';

/** Stands for a secret. */
export const HIDDEN = '***';
/** `psk=…`, `wep-key0=…`, `password: …`, `rd.iscsi.password=…`, `private-key=…`. */
const KEY =
  /["']?[\w.-]{0,64}(?:psk|passw|passphrase|secret|token|key|credential|auth|private|shared|pin)[\w.-]{0,64}["']?\s*[=:]\s*/
    .source;
const SECRET_LINE = new RegExp(String.raw`^(\s*-?\s*${KEY})\S.*$`, 'i');
const SECRET_WORD = new RegExp(String.raw`(${KEY})[^\s,}]+`, 'gi');

/** Settings that are read key by key, so all of their lines are kept but for the secrets. */
const SETTINGS =
  /\.(?:link|network|ya?ml)$|\/NetworkManager\.conf$|\/NetworkManager\/conf\.d\/|\/ifcfg-[^/]+$|\/modprobe\.d\/|\/os-release$/;
/** Profiles of NetworkManager: these sections name the interface and its VFs; secrets are in the others. */
const PROFILE = /\/system-connections\//;
const PROFILE_SECTIONS = new Set(['connection', 'match', 'ethernet', '802-3-ethernet', 'sriov']);
/** Files that hold no secrets: what the kernel shows of devices, and what a distribution ships. */
const HARMLESS = /^\/(?:sys|boot|lib\/modules|usr\/lib\/modules|usr\/share)\//;

/**
 * The content of a file as it may leave the machine: without secrets, and of files of free form (scripts, rules, units)
 * only the lines that tell of VFs. Lines keep their numbers.
 */
export function leaveOutSecrets(file: string, content: Buffer, pfs: readonly PhysicalFunction[]): Buffer {
  if (HARMLESS.test(file)) return content;
  const text = content.toString('utf8');
  // The kernel logs its command line.
  if (file === KERNEL_LOG_FILE) return Buffer.from(text.replaceAll(SECRET_WORD, `$1${HIDDEN}`));
  const kept = file.startsWith('/proc/') ? ofProc(file, text) : ofConfig(file, text, pfs);
  return kept === null ? content : Buffer.from(kept);
}

/** null: all of it. */
function ofProc(file: string, text: string): string | null {
  const name = file.replace(/^\/proc\/(?:\d+|self)\//, '');
  const lines = text.split('\n');
  switch (name) {
    case 'cmdline':
      return guestNameOf(text);
    case '/proc/cmdline':
      return text.replaceAll(SECRET_WORD, `$1${HIDDEN}`);
    case 'status':
      return linesThat(lines, /^(?:Uid|CapEff):/);
    case 'limits':
      return linesThat(lines, /^Max locked memory/);
    case '/proc/net/unix':
      return linesThat(lines, /\/run\/libvirt\//);
    case '/proc/interrupts':
      return text.replaceAll(/(?<=\s)\d+(?=\s)/g, '').replaceAll(/ {2,}/g, ' ');
    default:
      return null;
  }
}

function linesThat(lines: readonly string[], wanted: RegExp): string {
  return lines.filter((line) => wanted.test(line)).join('\n');
}

/** Of a command line only the name of the virtual machine. */
function guestNameOf(command: string): string {
  const words = command.split('\0');
  const at = words.indexOf('-name');
  return at === -1 ? (words[0] ?? '') : ['qemu', '-name', words[at + 1] ?? ''].join('\0');
}

function ofConfig(file: string, text: string, pfs: readonly PhysicalFunction[]): string {
  const lines = text.split('\n');
  if (PROFILE.test(file)) return ofProfile(lines).join('\n');
  const keep = SETTINGS.test(file)
    ? masked
    : (line: string): string => (mattersForVfs(line, pfs) ? masked(line) : startsOnly(line));
  return lines.map(keep).join('\n');
}

function ofProfile(lines: readonly string[]): readonly string[] {
  let section = '';
  return lines.map((line) => {
    section = /^\s*\[([^\]]*)\]\s*$/.exec(line)?.[1] ?? section;
    return PROFILE_SECTIONS.has(section) || /^\s*\[/.test(line) ? masked(line) : '';
  });
}

function masked(line: string): string {
  return line.replace(SECRET_LINE, `$1${HIDDEN}`).replaceAll(SECRET_WORD, `$1${HIDDEN}`);
}

function mattersForVfs(line: string, pfs: readonly PhysicalFunction[]): boolean {
  return (
    (['shell', 'ifupdown', 'udev', 'sysfs.conf', 'tmpfiles'] as const).some((style) =>
      writesVfs(line, style),
    ) ||
    /^\s*(?:iface|mapping)\s/.test(line) ||
    pfs.some(
      ({ pciAddress, netdevName }) =>
        line
          .replaceAll('\\', '')
          .toLowerCase()
          .includes(pciAddress.slice(pciAddress.indexOf(':') + 1)) ||
        (netdevName !== null && line.includes(netdevName)),
    )
  );
}

/** Of a unit's `ExecStart=` the scripts that it names, since these are read next. */
function startsOnly(line: string): string {
  const scripts = startedScripts(line);
  return scripts.length === 0 ? '' : `${line.slice(0, line.indexOf('=') + 1)}${scripts.join(' ')}`;
}
