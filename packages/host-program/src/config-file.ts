import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigFile } from '@virtfn/agent';
import { type HostConfig, SriovError } from '@virtfn/model';
import { replaceFile } from './replace-file.ts';

function refuse(action: string, file: string, error: unknown): SriovError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SriovError('PERMISSION_DENIED', `Cannot ${action} ${file}: the system answered ${code}`, {
      details: { file },
      cause: error,
    });
  }
  return new SriovError(
    'CONFIG_INVALID',
    `Cannot ${action} ${file}: the system answered ${code ?? 'an error'}`,
    {
      details: { file },
      hint: 'Check that it is a text file that root can read, and that its folder is there',
      cause: error,
    },
  );
}

/** `host.yaml` on the disk. `mustExist`: it was named by somebody, so that its absence is an error. */
export function openConfigFile(file: string, mustExist: boolean): ConfigFile {
  let parsed: { readonly text: string; readonly config: HostConfig } | null = null;
  return {
    name: file,
    async read() {
      try {
        return await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !mustExist) return null;
        throw refuse('read', file, error);
      }
    },
    async write(text) {
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
        const mode = (await stat(file).catch(() => null))?.mode ?? 0o644;
        await replaceFile(file, text, mode & 0o777);
      } catch (error) {
        throw refuse('write', file, error);
      }
    },
    async parse(text) {
      // Its parser takes longer to load than all that a look at the host needs.
      const { parseHostConfig } = await import('@virtfn/contract/host-config');
      // The agent asks at each look, and seldom is there another text.
      if (parsed?.text !== text) parsed = { text, config: parseHostConfig(text, file) };
      return parsed.config;
    },
  };
}
