import { readFile } from 'node:fs/promises';
import { SriovError } from '@virtfn/model';

/**
 * A password from the environment, or from a file, whose last line break does not belong to it. null: there is none.
 *
 * @throws {SriovError} CONFIG_INVALID
 */
export async function readSecret(given: string | undefined, file: string | null): Promise<string | null> {
  if (given !== undefined && given !== '') return given;
  return file === null ? null : (await readNamedFile(file)).replace(/\r?\n$/, '');
}

/** A file that the configuration names. @throws {SriovError} CONFIG_INVALID */
export async function readNamedFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    throw new SriovError('CONFIG_INVALID', `Cannot read ${file}: the system answered ${code}`, {
      details: { file },
      hint: 'controller.yaml names it: it must be there, and the controller’s user must be able to read it',
      cause,
    });
  }
}
