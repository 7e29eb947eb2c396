/** `GET /`: which versions there are. */
export function versionsDocument(origin: string): object {
  return {
    versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${origin}/v2.0/` }] }],
  };
}

const RESOURCES = [
  ['network', 'networks'],
  ['subnet', 'subnets'],
  ['subnetpool', 'subnetpools'],
  ['port', 'ports'],
] as const;

/** `GET /v2.0/`: the core resources; all others are found by the extensions. */
export function resourcesDocument(origin: string): object {
  return {
    resources: RESOURCES.map(([name, collection]) => ({
      name,
      collection,
      links: [{ rel: 'self', href: `${origin}/v2.0/${collection}` }],
    })),
  };
}

/** What a version that is not there is answered with. */
export const UNKNOWN_VERSION = { code: 404, title: 'Not Found', description: null } as const;
