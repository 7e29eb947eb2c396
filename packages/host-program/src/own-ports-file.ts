import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type OwnPortStore, withoutPort, withPort } from '@virtfn/agent';
import type { OwnPort } from '@virtfn/contract/agent-link';
import { replaceFile } from './replace-file.ts';

/** The ports that were attached on this host, in the agent's state folder. */
export function ownPortsFile(folder: string): OwnPortStore {
  const file = path.join(folder, 'attached-ports.json');
  const read = async (): Promise<readonly OwnPort[]> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'EACCES') return null;
      throw error;
    });
    if (text === null) return [];
    // Its schemas take longer to load than all that a look at the host needs.
    const { parseOwnPorts } = await import('@virtfn/contract/agent-link');
    return parseOwnPorts(text);
  };
  const write = async (ports: readonly OwnPort[]): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(file, JSON.stringify(ports), 0o600);
  };
  return {
    list: read,
    put: async (port) => write(withPort(await read(), port)),
    remove: async (attachmentId) => write(withoutPort(await read(), attachmentId)),
  };
}
