import { type Static, Type } from 'typebox';
import { VF_STATES } from './queries.ts';
import {
  AttachmentView,
  FindingView,
  MachineView,
  PhysicalFunctionView,
  VirtualFunctionView,
} from './schemas.ts';

const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);
const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
/** `marker` of the next page; null: this is the last one. */
const next = Nullable(Text);
const VfCounts = Type.Object({ enabled: Count, possible: Count, inUse: Count });

/** Cards: PFs that sit in one slot. */
export const NicListView = Type.Object({
  nics: Type.Array(
    Type.Object({
      hostId: Text,
      isAlive: Type.Boolean(),
      /** Without the function: `0000:82:00`. */
      slot: Text,
      vendorName: Text,
      productName: Text,
      driver: Nullable(Text),
      serial: Nullable(Text),
      firmware: Nullable(Text),
      numaNode: Nullable(Type.Integer()),
      pfs: Type.Array(
        Type.Object({
          pf: Text,
          netdevName: Nullable(Text),
          carrier: Type.Boolean(),
          linkMbps: Nullable(Count),
        }),
      ),
      vfs: VfCounts,
    }),
  ),
  next,
});

/** Virtual machines, as hosts have told of them. */
export const MachineListView = Type.Object({
  machines: Type.Array(Type.Object({ hostId: Text, isAlive: Type.Boolean(), ...MachineView.properties })),
  next,
});

export const PfListView = Type.Object({
  pfs: Type.Array(
    Type.Object({
      hostId: Text,
      isAlive: Type.Boolean(),
      physicalNetworks: Type.Array(Text),
      vfs: VfCounts,
      pf: Type.Omit(PhysicalFunctionView, ['vfs']),
    }),
  ),
  next,
});

const vfOfFleet = {
  hostId: Text,
  pf: Text,
  pfNetdevName: Nullable(Text),
  physicalNetworks: Type.Array(Text),
  state: Type.Enum([...VF_STATES]),
  /** Whose it is; null: no port's. */
  portId: Nullable(Text),
  vf: VirtualFunctionView,
};

export const VfListView = Type.Object({ vfs: Type.Array(Type.Object(vfOfFleet)), next });

export const VfView = Type.Object({ ...vfOfFleet, attachment: Nullable(AttachmentView) });

/** VFs and whole PFs that nobody else may be given. */
export const AllocationListView = Type.Object({
  allocations: Type.Array(
    Type.Object({
      hostId: Text,
      pf: Text,
      /** null: the whole PF. */
      vfIndex: Nullable(Count),
      attachmentId: Text,
    }),
  ),
  next,
});

export const FindingListView = Type.Object({
  findings: Type.Array(Type.Intersect([Type.Object({ hostId: Text }), FindingView])),
  next,
});

/** Who did something: somebody who asked this API or Neutron's, or a host's agent. */
const ActorView = Type.Union([
  Type.Object({
    kind: Type.Literal('user'),
    userId: Text,
    userName: Nullable(Text),
    projectId: Text,
  }),
  Type.Object({ kind: Type.Literal('agent') }),
]);

/** An entry of the audit log. */
export const AuditStepView = Type.Object({
  id: Count,
  at: Type.String({ format: 'date-time' }),
  actor: ActorView,
  /** The id of the request; of an agent `reconcile`, or `request` when a person asked it on its host. */
  cause: Text,
  /** For programs: `set-vf`, `PUT ports/:id`. */
  action: Text,
  /** For people. */
  text: Text,
  object: Nullable(Type.Object({ kind: Text, id: Text })),
  hostId: Nullable(Text),
  pf: Nullable(Text),
  vfIndex: Nullable(Count),
  portId: Nullable(Text),
  attachmentId: Nullable(Text),
  /** null: it was done, and a setting was read back. */
  error: Nullable(Type.Object({ code: Text, message: Text })),
});

export const StepListView = Type.Object({ steps: Type.Array(AuditStepView), next });

export type MachineList = Static<typeof MachineListView>;
export type NicList = Static<typeof NicListView>;
export type PfList = Static<typeof PfListView>;
export type VfList = Static<typeof VfListView>;
export type VfDocument = Static<typeof VfView>;
export type AllocationList = Static<typeof AllocationListView>;
export type FindingList = Static<typeof FindingListView>;
export type AuditStep = Static<typeof AuditStepView>;
export type StepList = Static<typeof StepListView>;
