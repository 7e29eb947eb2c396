import { readFile, stat } from 'node:fs/promises';
import type { ControllerConfig } from '@virtfn/contract/controller-config';
import { DEFAULT_PROJECT_ID, hashPassword, parseRole, putUser } from '@virtfn/controller';
import { replaceFile } from '@virtfn/host-program/replace-file';
import { SriovError } from '@virtfn/model';

export interface GivenUser {
  readonly name: string;
  readonly role: string | undefined;
  readonly projectId: string | undefined;
}

const SHORTEST_PASSWORD = 8;

/**
 * Writes a user to the users file, in place of the one of the same name.
 *
 * @returns what to tell
 * @throws {SriovError} CONFIG_INVALID, NAME_INVALID, REQUEST_INVALID
 */
export async function addUser(
  { auth }: ControllerConfig,
  { name, role = 'member', projectId = DEFAULT_PROJECT_ID }: GivenUser,
  readPassword: () => Promise<string>,
): Promise<string> {
  if (auth.kind !== 'http_basic') {
    throw new SriovError('CONFIG_INVALID', `Cannot add user "${name}": auth.kind is ${auth.kind}`, {
      hint: 'Users with passwords are for auth.kind http_basic',
    });
  }
  const parsedRole = parseRole(role);
  const password = await readPassword();
  if (password.length < SHORTEST_PASSWORD) {
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot add user "${name}": the password has ${password.length} characters`,
      { hint: `Give one of ${SHORTEST_PASSWORD} or more` },
    );
  }
  const file = auth.usersFile;
  const user = { name, password: await hashPassword(password), role: parsedRole, projectId };
  const before = await readIfThere(file);
  await replaceFile(file, putUser(before, file, user), await modeOf(file));
  return `User "${name}" is in ${file}: ${parsedRole} of project ${projectId}. A running controller takes it by: systemctl reload virtfn-controller`;
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Hashes are nobody else's business, unless the operator has said otherwise. */
async function modeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found === null ? 0o600 : found.mode & 0o777;
}
