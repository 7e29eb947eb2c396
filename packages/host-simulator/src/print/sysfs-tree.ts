import path from 'node:path/posix';
import type { Errno } from '@virtfn/host';

/**
 * A sysfs tree as text, one line an entry, sorted by path:
 *
 *     /sys/…/vendor = 0x8086          a file and its content, without the line's end
 *     /sys/…/driver -> ../../igb      a symbolic link
 *     /sys/…/carrier ! EINVAL         a file that is there, and what reading it answers
 *
 * Folders are those that the paths name.
 */
export class SysfsTree {
  readonly #lines = new Map<string, string>();

  file(place: string, content: string | number): void {
    this.#lines.set(place, `= ${content}`);
  }

  refuses(place: string, errno: Errno): void {
    this.#lines.set(place, `! ${errno}`);
  }

  /**
   * `target` is absolute here and relative in the tree, as the kernel makes its links: up to a folder above the target,
   * even when the target itself is above the link (kernfs_get_target_path).
   */
  link(place: string, target: string): void {
    const up = path.relative(path.dirname(place), path.dirname(target));
    this.#lines.set(place, `-> ${up}/${path.basename(target)}`);
  }

  print(): string {
    return [...this.#lines]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([place, what]) => `${place} ${what}\n`)
      .join('');
  }
}
