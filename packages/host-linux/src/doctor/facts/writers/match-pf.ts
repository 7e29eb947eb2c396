import type { PhysicalFunction } from '@virtfn/model';

/** What configuration says of the interface that it is for. null: nothing; every one that is said must fit. */
export interface PfMatch {
  /** Names of interfaces, with * ? [] and ! before one that must not fit. */
  readonly netdevs?: readonly string[] | null;
  readonly macs?: readonly string[] | null;
  /** As udev's ID_PATH has it: `pci-0000:3b:00.0`. */
  readonly paths?: readonly string[] | null;
  readonly drivers?: readonly string[] | null;
}

export function matchesPf(pf: PhysicalFunction, { netdevs, macs, paths, drivers }: PfMatch): boolean {
  return (
    fits(netdevs, pf.netdevName) &&
    fits(macs?.map(plainMac), pf.mac) &&
    fits(paths, `pci-${pf.pciAddress}`) &&
    fits(drivers, pf.driver)
  );
}

/** Whether a text fits to one of the patterns that ask for it, and to none that forbids it. */
function fits(patterns: readonly string[] | null | undefined, text: string | null): boolean {
  if (patterns === null || patterns === undefined || patterns.length === 0) return true;
  if (text === null) return false;
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const forbidden = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const isWanted = wanted.length === 0 || wanted.some((pattern) => matchesGlob(text, pattern));
  return isWanted && !forbidden.some((pattern) => matchesGlob(text, pattern));
}

function plainMac(mac: string): string {
  return mac.toLowerCase().replaceAll('-', ':');
}

/**
 * Whether a text fits a shell's pattern of * ? and [abc]. Written out, since a pattern with many stars takes a regular
 * expression for ever.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  const parts = pattern.match(/\*|\?|\[!?[^\]]+\]|[^]/gu) ?? [];
  const letters = text.match(/[^]/gu) ?? [];
  let at = 0;
  let part = 0;
  let star: { readonly part: number; at: number } | null = null;
  while (at < letters.length) {
    const wanted = parts[part];
    if (wanted === '*') {
      star = { part, at };
      part += 1;
    } else if (wanted !== undefined && fitsOne(letters[at] ?? '', wanted)) {
      part += 1;
      at += 1;
    } else if (star !== null) {
      star.at += 1;
      at = star.at;
      part = star.part + 1;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((each) => each === '*');
}

function fitsOne(letter: string, part: string): boolean {
  if (part === '?') return true;
  if (part.length < 3 || !part.startsWith('[')) return part === letter;
  const isNot = part[1] === '!';
  const list = part.slice(isNot ? 2 : 1, -1);
  const ranges = [...list.matchAll(/(.)-(.)|(.)/gsu)];
  const isIn = ranges.some(([, from, to, single]) =>
    single === undefined ? letter >= (from ?? '') && letter <= (to ?? '') : letter === single,
  );
  return isIn !== isNot;
}
