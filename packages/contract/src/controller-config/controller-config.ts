import type { DeviceSpec, VlanRange } from '@virtfn/model';
import type { ListenAddress } from '../listen-address.ts';

/** What the operator of a controller wants, complete: what was not said has its default. Without secrets. */
export interface ControllerConfig {
  /** The API. */
  readonly listen: ListenAddress;
  /** The port that agents dial. */
  readonly agentLink: { readonly listen: ListenAddress };
  readonly stateDir: string;
  readonly database: {
    /** `sqlite:PATH` or `postgresql://…`, without a password. */
    readonly url: string;
    /** The environment's VIRTFN_DATABASE_PASSWORD goes before it; null: there is none. */
    readonly passwordFile: string | null;
  };
  readonly auth: AuthConfig;
  readonly vlanRanges: readonly VlanRange[];
  /** `*`: every physical network. */
  readonly flatNetworks: readonly string[];
  /** The first three bytes of MACs that are made: `fa:16:3e`. */
  readonly baseMac: string;
  /** Of networks whose MTU nobody says. */
  readonly mtu: number;
  readonly securityGroupPolicy: 'strict' | 'neutron';
  readonly scheduler: {
    readonly strategy: 'spread' | 'pack';
    /** null: every function may be given out. */
    readonly deviceSpecs: readonly DeviceSpec[] | null;
  };
  /** By Neutron's names of resources; -1: no limit. */
  readonly quotas: Readonly<Record<string, number>>;
  readonly hostGoneAfterSeconds: number;
  readonly retention: {
    /** Of the audit log. */
    readonly auditDays: number;
    readonly auditEntries: number;
    /** How long one who follows events may be away and miss none, and how many changes. */
    readonly eventHours: number;
    readonly eventWrites: number;
  };
}

/** How those who ask prove who they are. Tokens of virtfn's own are good beside all but `none`. */
export type AuthConfig =
  | { readonly kind: 'none' }
  | { readonly kind: 'tokens' }
  | { readonly kind: 'http_basic'; readonly usersFile: string }
  | KeystoneConfig;

export interface KeystoneConfig {
  readonly kind: 'keystone';
  /** `https://…:5000/v3` */
  readonly url: string;
  /** What clients are told: `https://…:5000`. */
  readonly publicUrl: string;
  /** Certificates that vouch for Keystone; null: those that the system trusts. */
  readonly caFile: string | null;
  readonly userName: string;
  readonly userDomainName: string;
  readonly projectName: string;
  readonly projectDomainName: string;
  /** The environment's VIRTFN_AUTH_PASSWORD goes before it; null: there is none. */
  readonly passwordFile: string | null;
}
