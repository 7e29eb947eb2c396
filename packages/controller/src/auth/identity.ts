import { SriovError } from '@virtfn/model';

/** Keystone's default roles; each may what the ones behind it may. */
export const ROLES = ['admin', 'member', 'reader'] as const;

export type Role = (typeof ROLES)[number];

/** Who asks, as far as he has proved it. */
export interface Identity {
  readonly userId: string;
  readonly userName: string | null;
  readonly projectId: string;
  readonly roles: readonly Role[];
  /** Whether the role is `admin`: sees and changes what is of all projects. */
  readonly isAdmin: boolean;
}

/** The project of requests that name none where there are no projects: Neutron's own word, so that its clients find it. */
export const DEFAULT_PROJECT_ID = 'fake_project_id';

/** The roles among `names`, with those that they imply; names of other services' roles are left out. */
export function rolesOf(names: Iterable<string>): readonly Role[] {
  const given = new Set(names);
  const highest = ROLES.findIndex((role) => given.has(role));
  return highest === -1 ? [] : ROLES.slice(highest);
}

export function identityOf(
  user: { readonly userId: string; readonly userName: string | null },
  projectId: string,
  roleNames: Iterable<string>,
): Identity {
  const roles = rolesOf(roleNames);
  return { ...user, projectId, roles, isAdmin: roles.includes('admin') };
}

/** @throws {SriovError} NAME_INVALID */
export function parseRole(text: string): Role {
  const role = ROLES.find((each) => each === text);
  if (role !== undefined) return role;
  throw new SriovError('NAME_INVALID', `Cannot use role "${text.slice(0, 64)}": there is no such role`, {
    hint: `Give one of ${ROLES.join(', ')}`,
  });
}
