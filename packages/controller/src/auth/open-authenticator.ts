import type { Authenticator, RequestHeaders } from './authenticator.ts';
import { headerOf } from './authenticator.ts';
import { DEFAULT_PROJECT_ID, type Identity, identityOf } from './identity.ts';

/**
 * Believes everybody, as Neutron does with `auth_strategy = noauth`: the administrator of one project, unless headers
 * say otherwise. They are the ones that Neutron's own middleware reads, so that what a member sees can be tried.
 */
export class OpenAuthenticator implements Authenticator {
  readonly isOpen = true;

  async authenticate(headers: RequestHeaders): Promise<Identity> {
    const roleNames = headerOf(headers, 'x-roles')?.split(',') ?? ['admin'];
    return identityOf(
      {
        userId: headerOf(headers, 'x-user-id') ?? 'fake_user_id',
        userName: headerOf(headers, 'x-user-name'),
      },
      headerOf(headers, 'x-project-id') ?? headerOf(headers, 'x-tenant-id') ?? DEFAULT_PROJECT_ID,
      roleNames.map((name) => name.trim()),
    );
  }

  challenge(): Readonly<Record<string, string>> {
    return {};
  }
}
