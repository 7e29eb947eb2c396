import type { AuthDocument, ControllerConfigDocument } from './schema.ts';

/** What holds where nobody says anything. As Neutron's own defaults, where it has them. */
const DEFAULTS = {
  listen: '127.0.0.1:9696',
  agentLink: { listen: '127.0.0.1:9697' },
  stateDir: '/var/lib/virtfn',
  vlanRanges: [],
  flatNetworks: ['*'],
  baseMac: 'fa:16:3e',
  mtu: 1500,
  securityGroupPolicy: 'neutron',
  scheduler: { strategy: 'spread' },
  quotas: {
    network: 100,
    subnet: 100,
    subnetpool: -1,
    port: 500,
    security_group: 10,
    security_group_rule: 100,
    rbac_policy: 10,
    trunk: -1,
  },
  hostGoneAfterSeconds: 75,
} as const;

const AUTH_DEFAULTS = {
  none: {},
  tokens: {},
  http_basic: { usersFile: '/etc/virtfn/users' },
  keystone: {
    userName: 'virtfn',
    userDomainName: 'Default',
    projectName: 'service',
    projectDomainName: 'Default',
  },
} as const;

export type CompleteDocument = ReturnType<typeof withDefaults>;

/** A document that fits the schema, with all that it leaves out. */
export function withDefaults(document: ControllerConfigDocument) {
  const stateDir = document.stateDir ?? DEFAULTS.stateDir;
  return {
    ...DEFAULTS,
    ...document,
    agentLink: { ...DEFAULTS.agentLink, ...document.agentLink },
    database: { url: `sqlite:${stateDir}/controller.db`, ...document.database },
    auth: withAuthDefaults(document.auth ?? { kind: 'none' }),
    scheduler: { ...DEFAULTS.scheduler, ...document.scheduler },
    quotas: { ...DEFAULTS.quotas, ...document.quotas },
  };
}

function withAuthDefaults(auth: AuthDocument) {
  switch (auth.kind) {
    case 'none':
    case 'tokens':
      return auth;
    case 'http_basic':
      return { ...AUTH_DEFAULTS.http_basic, ...auth };
    case 'keystone':
      return { ...AUTH_DEFAULTS.keystone, publicUrl: auth.url.replace(/\/v3\/?$/, ''), ...auth };
  }
}
