import { readFile } from 'node:fs/promises';
import { type ControllerConfig, flagsOf, parseControllerConfig } from '@virtfn/contract/controller-config';
import { SriovError } from '@virtfn/model';

const USUAL_CONFIG_FILE = '/etc/virtfn/controller.yaml';

export interface ConfigPlace {
  /** As the command line names it; undefined: it does not. */
  readonly file: string | undefined;
  /** `NAME=VALUE` of the command line. */
  readonly settings: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads the configuration. The usual file may be missing, one that was named may not. @throws {SriovError} CONFIG_INVALID */
export async function loadConfig({ file, settings, env }: ConfigPlace): Promise<ControllerConfig> {
  const named = file ?? env['VIRTFN_CONTROLLER_CONFIG'];
  const place = named ?? USUAL_CONFIG_FILE;
  return parseControllerConfig({
    text: await readText(place, named !== undefined),
    file: place,
    env,
    flags: flagsOf(settings),
  });
}

async function readText(file: string, mustExist: boolean): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !mustExist) return null;
    throw new SriovError('CONFIG_INVALID', `Cannot read ${file}: the system answered ${code}`, {
      details: { file },
      hint: 'Give the name of a text file that this user may read',
      cause,
    });
  }
}
