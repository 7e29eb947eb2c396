import { type Static, type TProperties, Type } from 'typebox';

// What may follow the `?` of a path. Each value is given once; a list is one value with commas.

const closed = { additionalProperties: false } as const;
const Text = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description }));
const Time = (description: string) =>
  Type.Optional(Type.String({ format: 'date-time', maxLength: 40, description: `${description}, ISO 8601` }));

/** A list in pages: the answer's `next` is the `marker` of the next one. */
const pages = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'how many at most' })),
  marker: Text('behind this one: `next` of the page before'),
};
const Page = <Fields extends TProperties>(fields: Fields) => Type.Object({ ...fields, ...pages }, closed);

const host = Text('of this host');
const pf = Text('of the PF with this PCI address');
const physicalNetwork = Text('that reach this physical network');

export const NoQuery = Type.Object({}, closed);

export const NicQuery = Page({ host });

export const TrafficQuery = Type.Object({ pf }, closed);

export const RemoveHostQuery = Type.Object(
  { force: Type.Optional(Type.Boolean({ description: 'also while its agent is connected' })) },
  closed,
);

export const PfQuery = Page({
  host,
  pciAddress: Text('with this PCI address'),
  physicalNetwork,
  driver: Text('of this driver'),
  link: Type.Optional(Type.Enum(['up', 'down'], { description: 'with a carrier, or without' })),
});

/** How a VF stands: what its port's attachment says; `held` by who is no port; `free`. */
export const VF_STATES = [
  'free',
  'held',
  'reserved',
  'wanted',
  'prepared',
  'configured',
  'failed',
  'unknown',
] as const;

export const VfQuery = Page({
  host,
  pf,
  pciAddress: Text('with this PCI address'),
  physicalNetwork,
  port: Text('of this port'),
  state: Type.Optional(Type.Enum([...VF_STATES], { description: 'that stand so' })),
});

export const AllocationQuery = Page({ host, pf });

export const AttachmentQuery = Page({
  host,
  pf,
  port: Text('of this port'),
  vm: Text('that virtfn plugs into this virtual machine, name or UUID'),
  state: Type.Optional(
    Type.Enum(['reserved', 'wanted', 'prepared', 'configured', 'failed', 'unknown'], {
      description: 'that stand so',
    }),
  ),
});

export const MachineQuery = Page({ host, vm: Text('of this name or UUID') });

export const MigrationQuery = Page({
  host: Text('from this host or to it'),
  state: Type.Optional(
    Type.Enum(['preparing', 'moving', 'done', 'failed'], { description: 'that stand so' }),
  ),
});

export const FindingQuery = Page({
  host,
  code: Text('of this code'),
  severity: Type.Optional(Type.Enum(['info', 'warning', 'critical'], { description: 'as bad as this' })),
});

export const StepQuery = Page({
  host,
  port: Text('about this port'),
  pf,
  vf: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description: 'of the VF with this number' })),
  actor: Text('of `agent`, of any `user`, or of the user with this id or name'),
  code: Text('that failed with this code; `any`: that failed; `none`: that were done'),
  since: Time('not before'),
  until: Time('before'),
});

export const EventQuery = Type.Object(
  {
    since: Type.Optional(
      Type.Integer({ minimum: 0, description: 'behind this revision; Last-Event-ID goes before it' }),
    ),
    kind: Text('of these kinds, with commas'),
    host: Text('about this host'),
  },
  closed,
);

export type NicQueryDocument = Static<typeof NicQuery>;
export type PfQueryDocument = Static<typeof PfQuery>;
export type VfQueryDocument = Static<typeof VfQuery>;
export type AllocationQueryDocument = Static<typeof AllocationQuery>;
export type AttachmentQueryDocument = Static<typeof AttachmentQuery>;
export type MachineQueryDocument = Static<typeof MachineQuery>;
export type MigrationQueryDocument = Static<typeof MigrationQuery>;
export type FindingQueryDocument = Static<typeof FindingQuery>;
export type StepQueryDocument = Static<typeof StepQuery>;
export type RemoveHostQueryDocument = Static<typeof RemoveHostQuery>;
export type TrafficQueryDocument = Static<typeof TrafficQuery>;
export type EventQueryDocument = Static<typeof EventQuery>;
