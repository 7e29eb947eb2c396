/** A user with one role in one project. */
export interface KeystoneUser {
  readonly name: string;
  readonly password: string;
  readonly userId: string;
  readonly projectId: string;
  readonly projectName: string;
}

interface Project {
  readonly id: string;
  readonly name: string;
}

/** Keystone's API as far as tests need it, with the rights of its administrator. */
export class KeystoneAdmin {
  readonly #url: string;
  readonly #token: string;
  /** The administrator. */
  readonly self: KeystoneUser;

  private constructor(url: string, token: string, self: KeystoneUser) {
    this.#url = url;
    this.#token = token;
    this.self = self;
  }

  static async logIn(url: string, password: string): Promise<KeystoneAdmin> {
    const answer = await send(url, 'POST', '/auth/tokens', null, passwordForm('admin', password, 'admin'));
    const { token } = (await answer.json()) as {
      readonly token: { readonly user: { readonly id: string }; readonly project: Project };
    };
    const self = {
      name: 'admin',
      password,
      userId: token.user.id,
      projectId: token.project.id,
      projectName: token.project.name,
    };
    return new KeystoneAdmin(url, answer.headers.get('x-subject-token') ?? '', self);
  }

  async createProject(name: string): Promise<Project> {
    const answer = await this.#send('POST', '/projects', { project: { name, domain_id: 'default' } });
    return ((await answer.json()) as { readonly project: Project }).project;
  }

  async createUser(name: string, roleName: string, project: Project): Promise<KeystoneUser> {
    const password = `secret-of-${name}`;
    const made = await this.#send('POST', '/users', { user: { name, password, domain_id: 'default' } });
    const { user } = (await made.json()) as { readonly user: { readonly id: string } };
    const found = await this.#send('GET', `/roles?name=${roleName}`);
    const { roles } = (await found.json()) as { readonly roles: readonly { readonly id: string }[] };
    await this.#send('PUT', `/projects/${project.id}/users/${user.id}/roles/${roles[0]?.id}`);
    return { name, password, userId: user.id, projectId: project.id, projectName: project.name };
  }

  /** Puts a service into the catalog, by which clients find it. */
  async addEndpoint(type: string, url: string): Promise<void> {
    const made = await this.#send('POST', '/services', { service: { type, name: type } });
    const { service } = (await made.json()) as { readonly service: { readonly id: string } };
    await this.#send('POST', '/endpoints', {
      endpoint: { service_id: service.id, interface: 'public', url },
    });
  }

  async issueToken({ name, password, projectName }: KeystoneUser): Promise<string> {
    const answer = await send(
      this.#url,
      'POST',
      '/auth/tokens',
      null,
      passwordForm(name, password, projectName),
    );
    return answer.headers.get('x-subject-token') ?? '';
  }

  async revokeToken(token: string): Promise<void> {
    await this.#send('DELETE', '/auth/tokens', null, { 'x-subject-token': token });
  }

  #send(method: string, path: string, body: unknown = null, headers: Readonly<Record<string, string>> = {}) {
    return send(this.#url, method, path, this.#token, body, headers);
  }
}

async function send(
  url: string,
  method: string,
  path: string,
  token: string | null,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { 'x-auth-token': token }),
      ...headers,
    },
    body: body === null ? null : JSON.stringify(body),
  });
  if (!answer.ok)
    throw new Error(`${method} ${path}: Keystone answered ${answer.status} ${await answer.text()}`);
  return answer;
}

function passwordForm(name: string, password: string, projectName: string): object {
  const domain = { id: 'default' };
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { name, domain, password } } },
      scope: { project: { name: projectName, domain } },
    },
  };
}
