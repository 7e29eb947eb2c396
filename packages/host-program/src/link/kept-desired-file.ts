import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { KeptDesiredStore } from '@virtfn/agent/link';
import { replaceFile } from '../replace-file.ts';

/** The controller's last desired state, in the agent's state folder. */
export function keptDesiredFile(folder: string): KeptDesiredStore {
  const file = fileIn(folder);
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'EACCES') return null;
        throw error;
      });
      if (text === null) return null;
      // Its schemas take longer to load than all that a look at the host needs.
      const { parseKeptDesired } = await import('@virtfn/contract/agent-link');
      return parseKeptDesired(text);
    },
    async write(kept) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replaceFile(file, JSON.stringify(kept), 0o600);
    },
  };
}

export async function forgetKeptDesired(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true });
}

function fileIn(folder: string): string {
  return path.join(folder, 'desired-ports.json');
}
