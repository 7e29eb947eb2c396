import { isSriovError, SriovError } from '@virtfn/model';
import { parseRole, type Role } from '../identity.ts';
import { formatPasswordHash, parsePasswordHash, type PasswordHash } from './password-hash.ts';

/** A user of the file. */
export interface User {
  readonly name: string;
  readonly password: PasswordHash;
  readonly role: Role;
  readonly projectId: string;
}

export type UserTable = ReadonlyMap<string, User>;

/** A colon would end it: in the file, and in what RFC 7617 sends. */
const NAME = /^[^\s:#\p{C}][^:\p{C}]{0,254}$/u;

export function formatUser({ name, password, role, projectId }: User): string {
  return `${name}:${formatPasswordHash(password)}:${role}:${projectId}`;
}

/**
 * Parses a users file: `NAME:HASH:ROLE:PROJECT`, one user a line; empty lines and those that begin with `#` say nothing.
 *
 * @param file as it is called in errors
 * @throws {SriovError} CONFIG_INVALID
 */
export function parseUsersFile(text: string, file: string): UserTable {
  const users = new Map<string, User>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const refuse = (why: string): never => {
      throw new SriovError('CONFIG_INVALID', `Cannot read ${file}:${index + 1}: ${why}`, {
        details: { file, line: index + 1 },
        hint: 'Write a line by `virtfn controller add-user NAME`: NAME:HASH:ROLE:PROJECT',
      });
    };
    const user = parseLine(line, refuse);
    if (users.has(user.name)) refuse(`user "${user.name}" is there twice`);
    users.set(user.name, user);
  }
  return users;
}

function parseLine(line: string, refuse: (why: string) => never): User {
  const [name = '', hash = '', roleName = '', projectId = '', ...rest] = line.split(':');
  if (!NAME.test(name)) refuse('a line begins with the name of a user and a colon');
  if (rest.length > 0) refuse(`the line of user "${name}" has more than four parts`);
  const password = parsePasswordHash(hash) ?? refuse(`the password of user "${name}" is no scrypt hash`);
  if (!NAME.test(projectId)) refuse(`user "${name}" has no project: the line ends with it`);
  try {
    return { name, password, role: parseRole(roleName), projectId };
  } catch (error) {
    if (isSriovError(error)) return refuse(`user "${name}": ${error.message}`);
    throw error;
  }
}

/**
 * Puts a user into the text of a users file, in the place of the one of the same name. All other lines stay as they are.
 *
 * @throws {SriovError} NAME_INVALID, CONFIG_INVALID
 */
export function putUser(text: string, file: string, user: User): string {
  for (const name of [user.name, user.projectId]) {
    if (!NAME.test(name))
      throw new SriovError(
        'NAME_INVALID',
        `Cannot write "${name.slice(0, 64)}" to ${file}: it has a colon or a control character, or no length`,
      );
  }
  parseUsersFile(text, file);
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .filter((line, _, all) => all.length > 1 || line !== '');
  const at = lines.findIndex((line) => line.startsWith(`${user.name}:`));
  const changed = at === -1 ? [...lines, formatUser(user)] : lines.with(at, formatUser(user));
  return `${changed.join('\n')}\n`;
}
