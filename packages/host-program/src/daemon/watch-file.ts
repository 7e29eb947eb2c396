import { mkdirSync, watch } from 'node:fs';
import path from 'node:path';

/**
 * Tells of changes in a file that may be replaced, missing, or in a folder that is. Best effort. Returns how to stop.
 *
 * @param mode of the folder, if it has to be made
 */
export function watchFile(file: string, mode: number, onChange: () => void): () => void {
  const folder = path.dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode });
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name === null || name === path.basename(file)) onChange();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    // The file is read again at each look anyway.
    return () => {};
  }
}
