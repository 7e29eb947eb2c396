import { type Static, type TObject, type TSchema, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Text = (description: string, example: string) => Type.String({ description, examples: [example] });
const PathText = (description: string, example: string) =>
  Type.String({ description, pattern: '^/', examples: [example] });
const Whole = (minimum: number, maximum: number, description: string, example: number) =>
  Type.Integer({ minimum, maximum, description, examples: [example] });

/** What each kind of authentication means. */
export const AUTH_KINDS = {
  none: 'everybody is administrator; on a loopback address only',
  tokens: 'tokens of virtfn’s own, made by `virtfn token create`',
  http_basic: 'users with passwords',
  keystone: 'tokens of an OpenStack’s Keystone, v3',
} as const;

/** By their kind. */
export const AUTH_SCHEMAS = {
  none: Type.Object({ kind: Type.Literal('none') }, { ...closed, description: AUTH_KINDS.none }),
  tokens: Type.Object({ kind: Type.Literal('tokens') }, { ...closed, description: AUTH_KINDS.tokens }),
  http_basic: Type.Object(
    {
      kind: Type.Literal('http_basic'),
      usersFile: Type.Optional(
        PathText(
          'users with their passwords, written by `virtfn controller add-user`',
          '/var/lib/virtfn-controller/users',
        ),
      ),
    },
    { ...closed, description: AUTH_KINDS.http_basic },
  ),
  keystone: Type.Object(
    {
      kind: Type.Literal('keystone'),
      url: Text('where Keystone answers', 'https://keystone.example.org:5000/v3'),
      publicUrl: Type.Optional(
        Text(
          'where clients are sent for a token, if that is another address',
          'https://cloud.example.org:5000',
        ),
      ),
      caFile: Type.Optional(
        PathText(
          'certificates that vouch for Keystone, if the system’s do not',
          '/etc/virtfn/keystone-ca.pem',
        ),
      ),
      userName: Type.Optional(Text('as whom virtfn asks Keystone', 'virtfn')),
      userDomainName: Type.Optional(Text('domain of that user', 'Default')),
      projectName: Type.Optional(Text('project in which that user may validate tokens', 'service')),
      projectDomainName: Type.Optional(Text('domain of that project', 'Default')),
      passwordFile: Type.Optional(
        PathText(
          'file with the password of that user (or VIRTFN_AUTH_PASSWORD)',
          '/etc/virtfn/keystone.password',
        ),
      ),
    },
    { ...closed, description: AUTH_KINDS.keystone },
  ),
} as const;

/** Neutron's names of resources that a project may have a limit of. */
const QUOTAS = [
  'network',
  'subnet',
  'subnetpool',
  'port',
  'security_group',
  'security_group_rule',
  'rbac_policy',
  'trunk',
] as const;

const Limit = Type.Integer({ minimum: -1, description: '-1: no limit' });

const fieldsWith = <Auth extends TSchema>(auth: Auth) => ({
  version: Type.Literal(1),
  listen: Type.Optional(Text('address of the API', '127.0.0.1:9696')),
  agentLink: Type.Optional(
    Type.Object({ listen: Type.Optional(Text('address that agents dial', '0.0.0.0:9697')) }, closed),
  ),
  stateDir: Type.Optional(PathText('folder for what the controller keeps', '/var/lib/virtfn-controller')),
  database: Type.Optional(
    Type.Object(
      {
        url: Type.Optional(
          Text(
            'sqlite:PATH or postgresql://USER@HOST/NAME',
            'sqlite:/var/lib/virtfn-controller/controller.db',
          ),
        ),
        passwordFile: Type.Optional(
          PathText(
            'file with the database’s password (or VIRTFN_DATABASE_PASSWORD)',
            '/etc/virtfn/database.password',
          ),
        ),
      },
      closed,
    ),
  ),
  auth: Type.Optional(auth),
  vlanRanges: Type.Optional(
    Type.Array(Text('VLAN ids that may be given out on a physical network', 'physnet1:100:1999')),
  ),
  flatNetworks: Type.Optional(
    Type.Array(Text('physical networks that may have an untagged network; * means all', 'physnet1')),
  ),
  baseMac: Type.Optional(Text('first three bytes of the MAC addresses that are made', 'fa:16:3e')),
  mtu: Type.Optional(Whole(68, 9710, 'MTU of networks whose MTU nobody says', 1500)),
  securityGroupPolicy: Type.Optional(
    Type.Enum(['strict', 'neutron'], {
      description:
        'strict refuses rules that a VF cannot keep; neutron stores them and does nothing, as Neutron does',
      examples: ['strict'],
    }),
  ),
  scheduler: Type.Optional(
    Type.Object(
      {
        strategy: Type.Optional(
          Type.Enum(['spread', 'pack'], { description: 'over many PFs, or on few', examples: ['spread'] }),
        ),
        deviceSpecs: Type.Optional(
          Type.Array(Type.Object({}, { additionalProperties: true }), {
            description:
              'which functions of all hosts may be given out, each as Nova’s device_spec: vendor_id, product_id, address or devname, and the tags physical_network and trusted; without it all',
            examples: ['{ vendor_id: "8086", devname: ens1f0 }'],
          }),
        ),
      },
      closed,
    ),
  ),
  quotas: Type.Optional(
    Type.Object(Object.fromEntries(QUOTAS.map((name) => [name, Type.Optional(Limit)])), {
      ...closed,
      description: 'limits of projects that have none of their own',
    }),
  ),
  hostGoneAfterSeconds: Type.Optional(
    Whole(5, 86_400, 'how long a host may be silent before it is marked as gone', 75),
  ),
  retention: Type.Optional(
    Type.Object(
      {
        auditDays: Type.Optional(Whole(1, 36_500, 'how long the audit log reaches back', 90)),
        auditEntries: Type.Optional(
          Whole(1000, 1_000_000_000, 'how many entries the audit log has at most', 1_000_000),
        ),
        eventHours: Type.Optional(Whole(1, 8760, 'how long one may be away and miss no event', 24)),
        eventWrites: Type.Optional(
          Whole(1000, 1_000_000_000, 'after how many changes one has missed events', 1_000_000),
        ),
      },
      { ...closed, description: 'how long logs are kept' },
    ),
  ),
});

/** The schema with one kind of authentication: an error of a union of all would name every field of every kind. */
export const schemaWith = <Auth extends TSchema>(auth: Auth) => Type.Object(fieldsWith(auth), closed);

/** JSON Schema of `controller.yaml`. */
export const ControllerConfigSchema: TObject = Type.Object(
  fieldsWith(Type.Union(Object.values(AUTH_SCHEMAS), { description: 'who may ask, and how that is proved' })),
  { ...closed, title: 'virtfn controller.yaml', description: 'What the operator of a controller wants' },
);

type AuthSchemas = typeof AUTH_SCHEMAS;
export type AuthDocument = {
  readonly [Kind in keyof AuthSchemas]: Static<AuthSchemas[Kind]>;
}[keyof AuthSchemas];
export type ControllerConfigDocument = Omit<
  Static<ReturnType<typeof schemaWith<AuthSchemas['none']>>>,
  'auth'
> & {
  readonly auth?: AuthDocument;
};
