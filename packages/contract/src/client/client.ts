import type { Static } from 'typebox';
import type { RouteName, ROUTES } from '../v1/routes.ts';
import { errorOf, parseJson } from './read-answer.ts';
import type { Transport } from './transport.ts';

type Params<Name extends RouteName> = Static<(typeof ROUTES)[Name]['params']>;
type Query<Name extends RouteName> = Static<(typeof ROUTES)[Name]['query']>;
type Body<Name extends RouteName> = (typeof ROUTES)[Name]['body'] extends null
  ? null
  : Static<NonNullable<(typeof ROUTES)[Name]['body']>>;
type Response<Name extends RouteName> = Static<(typeof ROUTES)[Name]['response']>;

/** Calls operations of `/virtfn/v1` by their names. */
export class Client {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws {SriovError} the code that the server answered with, or CONTROLLER_UNREACHABLE */
  async call<Name extends RouteName>(
    name: Name,
    params: Params<Name>,
    body: Body<Name>,
    query?: Query<Name>,
  ): Promise<Response<Name>> {
    // The table brings the schemas, and those the library that makes them: a command that calls nothing has no use for them.
    const { API_ROOT, ROUTES } = await import('../v1/routes.ts');
    const route = ROUTES[name];
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent((params as Record<string, string>)[key] ?? ''),
    );
    const answer = await this.#transport({
      method: route.method,
      path: `${API_ROOT}${path}${searchOf(query ?? {})}`,
      body: body === null ? null : JSON.stringify(body),
    });
    const document = parseJson(answer.body);
    if (answer.status >= 200 && answer.status < 300) return document as Response<Name>;
    throw errorOf(document, answer.status);
  }
}

/** As it follows the path: `?host=fish`, or nothing. */
function searchOf(query: object): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}
