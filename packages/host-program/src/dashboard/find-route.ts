import { API_ROOT, type RouteName, ROUTES } from '@virtfn/contract';

/** An operation of the API, and the parts of the path that it names. */
export interface FoundRoute {
  readonly name: RouteName;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly name: RouteName;
  readonly method: string;
  readonly path: RegExp;
}

const PATTERNS: readonly Pattern[] = (Object.keys(ROUTES) as RouteName[]).map((name) => {
  const { method, path } = ROUTES[name];
  const source = path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { name, method, path: new RegExp(`^${API_ROOT}${source}$`) };
});

/** The operation that a request asks for; null: none of the table. Pure. */
export function findRoute(method: string, path: string): FoundRoute | null {
  for (const pattern of PATTERNS) {
    const match = pattern.method === method ? pattern.path.exec(path) : null;
    const params = match === null ? null : decodeAll(match.groups ?? {});
    if (params !== null) return { name: pattern.name, params };
  }
  return null;
}

/** null: they are no text. */
function decodeAll(parts: Readonly<Record<string, string>>): FoundRoute['params'] | null {
  try {
    return Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    return null;
  }
}
