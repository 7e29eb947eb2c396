import type { AuthDocument, ControllerConfigDocument } from './schema.ts';

/** What holds where nobody says anything. As Neutron's own defaults, where it has them. */
const DEFAULTS = {
  listen: '127.0.0.1:9696',
  agentLink: { listen: '127.0.0.1:9697' },
  // Not the agent's /var/lib/virtfn: that is root's, and a controller on the same machine is not root.
  stateDir: '/var/lib/virtfn-controller',
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
  retention: { auditDays: 90, auditEntries: 1_000_000, eventHours: 24, eventWrites: 1_000_000 },
} as const;

const KEYSTONE_DEFAULTS = {
  userName: 'virtfn',
  userDomainName: 'Default',
  projectName: 'service',
  projectDomainName: 'Default',
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
    auth: withAuthDefaults(document.auth ?? { kind: 'none' }, stateDir),
    scheduler: { ...DEFAULTS.scheduler, ...document.scheduler },
    quotas: { ...DEFAULTS.quotas, ...document.quotas },
    retention: { ...DEFAULTS.retention, ...document.retention },
  };
}

function withAuthDefaults(auth: AuthDocument, stateDir: string) {
  switch (auth.kind) {
    case 'none':
    case 'tokens':
      return auth;
    case 'http_basic':
      return { usersFile: `${stateDir}/users`, ...auth };
    case 'keystone':
      return { ...KEYSTONE_DEFAULTS, publicUrl: auth.url.replace(/\/v3\/?$/, ''), ...auth };
  }
}
