import { type HostConfig, SriovError } from '@virtfn/model';
import type { ConfigFile } from './config-file.ts';

/** Reads a configuration that must be there. @throws {SriovError} DESIRED_STATE_MISSING, CONFIG_INVALID */
export async function readConfig(
  file: ConfigFile,
  action: 'apply' | 'attach' | 'compare' | 'plan',
): Promise<{ readonly text: string; readonly config: HostConfig }> {
  const text = await file.read();
  if (text !== null) return { text, config: await file.parse(text) };
  throw new SriovError('DESIRED_STATE_MISSING', `Cannot ${action}: there is no ${file.name}`, {
    details: { file: file.name },
    hint: 'Start one with `virtfn pf set-vfs PF N`, or write it (docs/operators/host-yaml.md has an example), or name a file with --config',
  });
}
