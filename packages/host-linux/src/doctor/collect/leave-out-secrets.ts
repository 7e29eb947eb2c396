import type { PhysicalFunction } from '@virtfn/model';
import { KERNEL_LOG_FILE } from '../facts/kernel.ts';
import { startedScripts } from '../facts/writers/scripts.ts';
import { writesVfs } from '../facts/writers/script-lines.ts';

const HIDDEN = '***';
/** `psk=…`, `wep-key0=…`, `password: …`, `rd.iscsi.password=…`, `private-key=…`. */
const SECRET_LINE =
  /^(\s*-?\s*["']?[\w.-]*(?:psk|passw|passphrase|secret|token|key|credential|auth|pin)[\w.-]*["']?\s*[=:]\s*)\S.*$/i;
const SECRET_WORD =
  /([\w.-]*(?:psk|passw|passphrase|secret|token|key|credential|auth|pin)[\w.-]*["']?\s*[=:]\s*)[^\s,}]+/gi;

/** Settings that are read key by key, so all of their lines are kept but for the secrets. */
const SETTINGS =
  /\.(?:nmconnection|link|network|ya?ml)$|\/NetworkManager\/|\/system-connections\/|\/ifcfg-[^/]+$|\/modprobe\.d\/|\/os-release$/;
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
  const isSettings = SETTINGS.test(file);
  let section = '';
  return lines
    .map((line) => {
      section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
      if (isSettings) return section.includes('secret') ? line.replace(/=.*/, `=${HIDDEN}`) : masked(line);
      return mattersForVfs(line, pfs) ? masked(line) : startsOnly(line);
    })
    .join('\n');
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
