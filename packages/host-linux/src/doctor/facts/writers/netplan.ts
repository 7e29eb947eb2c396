import type { PhysicalFunction } from '@virtfn/model';
import {
  type ConfigWrite,
  listLayeredConfigs,
  type Look,
  MOST_WRITES,
  readConfig,
  shown,
} from './config-write.ts';
import { matchesPf } from './match-pf.ts';

const FOLDERS = ['/run/netplan', '/etc/netplan', '/usr/lib/netplan', '/lib/netplan'];
const SETS_VFS = /^(\s*)(?:virtual-function-count|embedded-switch-mode|delay-virtual-functions-rebind)\s*:/;

/** `virtual-function-count` and its like. netplan's files are simple YAML: one key a line, nested by indentation. */
export function findNetplanWrites(look: Look): readonly ConfigWrite[] {
  return listLayeredConfigs(look, FOLDERS, /\.ya?ml$/).flatMap((file) => {
    const lines = (readConfig(look, file) ?? '').split('\n');
    const found = lines.flatMap((text, at) => {
      const indent = SETS_VFS.exec(text)?.[1]?.length;
      return indent === undefined ? [] : [{ text, at, indent }];
    });
    return found.slice(0, MOST_WRITES).flatMap(({ text, at, indent }) => {
      const block = blockAround(lines, at, indent);
      return look.pfs
        .filter((pf) => isFor(block, pf))
        .map((pf) => ({
          owner: 'netplan',
          file,
          line: at + 1,
          text: shown(text),
          pf: pf.pciAddress,
          undo: `delete line ${at + 1} of ${file}, then \`netplan apply\``,
        }));
    });
  });
}

interface Block {
  /** The key above: the interface's name, unless `match` says otherwise. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** The lines that are as deep as the given one or deeper, and the key above them. */
function blockAround(lines: readonly string[], at: number, indent: number): Block {
  const isOutside = (line: string): boolean =>
    line.trim() !== '' && !/^\s*#/.test(line) && depthOf(line) < indent;
  const above = lines.slice(0, at).findLastIndex(isOutside);
  const below = lines.findIndex((line, index) => index > at && isOutside(line));
  const name = /^\s*["']?([^"':]+)["']?\s*:/.exec(lines[above] ?? '')?.[1] ?? '';
  return { name, lines: lines.slice(above + 1, below === -1 ? lines.length : below) };
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** `match` names the interface by name, MAC or driver, on lines of its own or in one: `match: {name: "ens*"}`. */
function isFor({ name, lines }: Block, pf: PhysicalFunction): boolean {
  const values = (key: string): readonly string[] =>
    lines.flatMap((line) => {
      const [, value] = new RegExp(`(?:^|[\\s{,])${key}:\\s*["']?([^"',}\\s]+)`).exec(line) ?? [];
      return value === undefined ? [] : [value];
    });
  const renamed = values('set-name');
  if (renamed.length > 0 && matchesPf(pf, { netdevs: renamed })) return true;
  const hasMatch = lines.some((line) => /^\s*match\s*:/.test(line));
  if (!hasMatch) return matchesPf(pf, { netdevs: [name] });
  return matchesPf(pf, { netdevs: values('name'), macs: values('macaddress'), drivers: values('driver') });
}
