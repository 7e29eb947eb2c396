import type { PhysicalFunction } from '@virtfn/model';

/** How a file says what it does: by commands, or by assignments of its own. */
export type ScriptStyle = 'shell' | 'ifupdown' | 'udev' | 'sysfs.conf' | 'tmpfiles';

const COMMANDS = [
  /sriov_numvfs.*(?:\|\s*(?:sudo\s+)?tee\b)|(?:>|\btee\b(?:\s+-\w+)*)\s*["']?[^\s|;&>]*sriov_numvfs/,
  /\bmax_vfs=[1-9]/,
  /\bip\b[^|;&]*\blink\b[^|;&]*\bset\b[^|;&]*\bvf\s+\S/,
  /\bdevlink\s+dev\s+eswitch\s+set\b/,
];
const ASSIGNMENTS: Readonly<Partial<Record<ScriptStyle, RegExp>>> = {
  udev: /ATTR\{[^}]*sriov_numvfs\}\s*=(?!=)/,
  'sysfs.conf': /sriov_numvfs\s*=/,
  tmpfiles: /^\s*w\S*\s+\S*sriov_numvfs\s/,
};

/** Some expressions take the third power of this to find nothing. */
const LONGEST_LINE = 2000;

/** Whether a line makes VFs or sets something of them. Lines that only read are none, nor are comments. */
export function writesVfs(line: string, style: ScriptStyle): boolean {
  if (isComment(line) || line.length > LONGEST_LINE) return false;
  return COMMANDS.some((command) => command.test(line)) || ASSIGNMENTS[style]?.test(line) === true;
}

function isComment(line: string): boolean {
  return /^\s*[#;]/.test(line);
}

/**
 * Whose VFs a line writes. An empty list: those of a card that is not in this machine. null: it does not say.
 * A line that names nobody may stand in a stanza of an interface, or take the name from elsewhere in its file.
 */
export function findWrittenPfs(
  lines: readonly string[],
  at: number,
  style: ScriptStyle,
  pfs: readonly PhysicalFunction[],
): readonly PhysicalFunction[] | null {
  const line = lines[at] ?? '';
  const named = namedIn(line, pfs) ?? (style === 'ifupdown' ? stanzaPfs(lines, at, pfs) : null);
  if (named !== null) return named;
  const elsewhere = pfs.filter((pf) => lines.some((each) => !isComment(each) && names(each, pf)));
  if (elsewhere.length > 0) return elsewhere;
  return /\*/.test(line) ? pfs : null;
}

function namedIn(line: string, pfs: readonly PhysicalFunction[]): readonly PhysicalFunction[] | null {
  const named = pfs.filter((pf) => names(line, pf));
  if (named.length > 0) return named;
  const ids = [...line.matchAll(/\b0x([0-9a-f]{4})\b/gi)].map(([, id]) => id?.toLowerCase());
  if (ids.length > 0) {
    return pfs.filter(({ vendorId, productId }) => ids.every((id) => id === vendorId || id === productId));
  }
  const ofDriver = pfs.filter(({ driver }) => driver !== null && hasWord(line, driver));
  if (ofDriver.length > 0) return ofDriver;
  // Another card, by address or by a name that is neither a variable nor a pattern.
  const isOther = /[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\b/i.test(plain(line)) || /\/net\/[\w.-]+\//.test(line);
  return isOther ? [] : null;
}

function names(line: string, { pciAddress, netdevName }: PhysicalFunction): boolean {
  const text = plain(line);
  return (
    hasWord(text, pciAddress) ||
    (pciAddress.startsWith('0000:') && hasWord(text, pciAddress.slice('0000:'.length))) ||
    (netdevName !== null && hasWord(line, netdevName))
  );
}

/** `0000\:82\:00.1`, as a shell has it, without the backslashes. */
function plain(line: string): string {
  return line.replaceAll('\\', '').toLowerCase();
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\w.:-]/.test(before) && !/[\w:-]/.test(after)) return true;
  }
  return false;
}

/** `pre-up` and its like belong to the `iface` above them. */
function stanzaPfs(
  lines: readonly string[],
  at: number,
  pfs: readonly PhysicalFunction[],
): readonly PhysicalFunction[] | null {
  const header = lines.slice(0, at).findLast((line) => /^\s*(?:iface|mapping)\s/.test(line));
  const name = /^\s*iface\s+(\S+)/.exec(header ?? '')?.[1];
  return name === undefined ? null : pfs.filter(({ netdevName }) => netdevName === name);
}
