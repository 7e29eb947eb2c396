import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file, all of it or nothing: beside the old one, flushed, and put in its place. Its folder must be there. */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const next = `${file}.next`;
  await rm(next, { force: true });
  const handle = await open(next, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
  // Its name is on the disk, too.
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
