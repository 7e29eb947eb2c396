import { rmSync } from 'node:fs';
import { runProgram } from '../run-program.ts';
import type { BuildContext } from './build-cache.ts';

/** Packs a folder into `initrd.gz` beside it, and removes the folder. All files become root's. */
export async function packInitrd(tree: string, context: BuildContext): Promise<void> {
  const archive = `set -o pipefail; find . -print0 | cpio --null --create --format=newc --owner=0:0 --quiet | gzip -9`;
  await runProgram(['bash', '-c', `${archive} > ../initrd.gz`], { ...context, cwd: tree });
  rmSync(tree, { recursive: true });
}
