import { VF_ATTRIBUTES } from '@virtfn/model';
import { type Static, Type } from 'typebox';

const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);
const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
const closed = { additionalProperties: false } as const;

const VlanView = Type.Object({
  id: Type.Integer(),
  qos: Type.Integer(),
  proto: Type.Union([Type.Literal('802.1q'), Type.Literal('802.1ad')]),
});
const LinkStateView = Type.Union([Type.Literal('auto'), Type.Literal('enable'), Type.Literal('disable')]);
const EswitchModeView = Type.Union([Type.Literal('legacy'), Type.Literal('switchdev')]);

const VfSettingsView = Type.Object({
  adminMac: Nullable(Text),
  vlan: Nullable(VlanView),
  spoofCheck: Nullable(Type.Boolean()),
  trust: Nullable(Type.Boolean()),
  linkState: LinkStateView,
  minTxRateMbps: Nullable(Count),
  maxTxRateMbps: Nullable(Count),
});

const VfUserView = Type.Union([
  Type.Object({ kind: Type.Literal('vfio'), process: Text, vm: Nullable(Text) }),
  Type.Object({ kind: Type.Literal('network-namespace'), name: Text }),
  Type.Object({ kind: Type.Literal('macvtap'), netdevName: Text, vm: Nullable(Text) }),
  Type.Object({ kind: Type.Literal('rdma'), device: Text }),
]);

export const VirtualFunctionView = Type.Object({
  vfIndex: Count,
  pciAddress: Text,
  driver: Nullable(Text),
  netdevName: Nullable(Text),
  effectiveMac: Nullable(Text),
  mtu: Nullable(Count),
  settings: Nullable(VfSettingsView),
  users: Type.Array(VfUserView),
  vfRepresentor: Nullable(Text),
  iommuGroup: Nullable(Count),
  attachmentId: Nullable(Text),
});

export const PhysicalFunctionView = Type.Object({
  pciAddress: Text,
  vendorId: Text,
  productId: Text,
  vendorName: Text,
  productName: Text,
  driver: Nullable(Text),
  netdevName: Nullable(Text),
  mac: Nullable(Text),
  adminUp: Type.Boolean(),
  carrier: Type.Boolean(),
  linkMbps: Nullable(Count),
  mtu: Nullable(Count),
  numaNode: Nullable(Type.Integer()),
  iommuGroup: Nullable(Count),
  totalVfs: Count,
  numVfs: Count,
  vfOffset: Count,
  vfStride: Count,
  vfProductId: Nullable(Text),
  driversAutoprobe: Type.Boolean(),
  eswitchMode: Nullable(EswitchModeView),
  carriesDefaultRoute: Type.Boolean(),
  serial: Nullable(Text),
  firmware: Nullable(Text),
  /** Absent from agents that do not know of it. */
  fdb: Type.Optional(Type.Array(Text)),
  refusedAttributes: Type.Array(Type.Union(VF_ATTRIBUTES.map((name) => Type.Literal(name)))),
  vfs: Type.Array(VirtualFunctionView),
});

const NumaNodeView = Type.Object({ node: Count, socket: Count });

export const FindingView = Type.Object({
  code: Text,
  title: Text,
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('critical')]),
  text: Text,
  hint: Text,
  pf: Nullable(Text),
});

/** The physical networks that a PF is joined to, by its PCI address. */
const PhysicalNetworksView = Type.Record(Text, Type.Array(Text));

/** A virtual machine of a host, as its hypervisor showed it last. */
export const MachineView = Type.Object({
  domainId: Text,
  name: Text,
  state: Type.Enum(['running', 'paused', 'crashed', 'shut-off']),
});

const ErrorSummaryView = Type.Object({ code: Text, message: Text });

/** One value that is not, or cannot be, as host.yaml and the ports of the host want it. */
export const DriftView = Type.Object({
  pf: Text,
  /** null: the PF itself. */
  vfIndex: Nullable(Count),
  /** What it is about: `numVfs`, `vlan`, `driver`, … */
  field: Text,
  wanted: Text,
  /** What the kernel shows. */
  observed: Text,
  /** Why it cannot be so; null: the agent goes on trying, or `apply` would set it. */
  refused: Nullable(ErrorSummaryView),
});

/** One host in a list: figures only. */
export const HostSummaryView = Type.Object({
  hostId: Text,
  simulated: Type.Boolean(),
  /** Cards: PFs that sit in one slot are one. */
  nics: Count,
  pfs: Count,
  vfs: Type.Object({ enabled: Count, possible: Count, inUse: Count, quarantined: Count }),
  findings: Count,
  reportedAt: Type.String({ format: 'date-time' }),
});

/** One host as its agent last read it from the kernel. */
export const HostView = Type.Object({
  hostId: Text,
  simulated: Type.Boolean(),
  bootId: Text,
  reportedAt: Type.String({ format: 'date-time' }),
  physicalNetworks: PhysicalNetworksView,
  findings: Type.Array(FindingView),
  /** In which socket each NUMA node is. Absent from agents that do not know of it. */
  numaNodes: Type.Optional(Type.Array(NumaNodeView)),
  /** Absent where the agent had no reason to ask the hypervisor, or got no answer. */
  machines: Type.Optional(Type.Array(MachineView)),
  /** Whether it can filter what passes a macvtap port. Absent from agents that have not tried. */
  canFilter: Type.Optional(Type.Boolean()),
  /** What differs from what is wanted of it. Absent: nothing is wanted, or the agent does not know of it. */
  drift: Type.Optional(Type.Array(DriftView)),
  /** Attachments whose VF stays closed, as a setting of theirs failed. */
  quarantined: Type.Optional(Type.Array(Text)),
  pfs: Type.Array(PhysicalFunctionView),
});

export const HostListView = Type.Object({
  hosts: Type.Array(
    Type.Object({
      ...HostSummaryView.properties,
      /** Whether its agent was heard of lately; of a host that is not, nothing that is shown is sure. */
      isAlive: Type.Boolean(),
      /** Since when its agent has no session: what is shown may be older than what is so. null: it has one. */
      lostAt: Nullable(Type.String({ format: 'date-time' })),
    }),
  ),
});

/** The wires that PFs are joined to, the VLANs that may be given out on each, and the PFs on it. */
export const PhysicalNetworkListView = Type.Object({
  physicalNetworks: Type.Array(
    Type.Object({
      physicalNetwork: Text,
      vlanRanges: Type.Array(Type.Object({ first: Count, last: Count })),
      pfs: Type.Array(Type.Object({ hostId: Text, pf: Text })),
    }),
  ),
});

export const AboutView = Type.Object({
  product: Type.Literal('virtfn'),
  version: Text,
  api: Type.Literal('v1'),
  /** All hosts of a controller, or the one host of an agent that answers by itself. */
  serves: Type.Enum(['fleet', 'host']),
  revision: Count,
  /** TCP port that agents dial, at whatever names this controller has; null: it has none. */
  agentPort: Nullable(Count),
  /** Who asks, as far as that was proved. */
  asker: Type.Object({
    /** null: it was not asked for. */
    userName: Nullable(Text),
    /** null: there are no projects. */
    projectId: Nullable(Text),
    /** Whether all that is served is served to them. */
    isAdmin: Type.Boolean(),
    /** Whether they may change what is theirs, not only look. */
    mayWrite: Type.Boolean(),
  }),
});

const StepView = Type.Object({ kind: Text, pf: Text, text: Text }, { additionalProperties: true });
const RefusalView = Type.Object({
  pf: Text,
  vfIndex: Nullable(Count),
  code: Text,
  message: Text,
  hint: Text,
});
const LossView = Type.Object({
  pf: Text,
  vfIndex: Nullable(Count),
  effect: Text,
  owners: Type.Array(Text),
  /** What is taken away, for people; from whom is in `owners`. */
  text: Text,
});

/** What would be done, what is refused and why, and who would lose something. */
export const PlanView = Type.Object({
  steps: Type.Array(StepView),
  refusals: Type.Array(RefusalView),
  blastRadius: Type.Array(LossView),
});

/** What to plan for: numbers of VFs by PF. Everything else of the PF is planned as it is by default: VFs without a port closed. */
export const PlanRequest = Type.Object(
  {
    pfs: Type.Array(
      Type.Object(
        {
          pf: Text,
          numVfs: Type.Integer(),
          eswitchMode: Type.Optional(EswitchModeView),
          mtu: Type.Optional(Type.Integer()),
        },
        closed,
      ),
      { maxItems: 64 },
    ),
    evict: Type.Optional(Type.Array(Text, { maxItems: 4096 })),
  },
  closed,
);

/** Numbers of VFs that hosts shall have from now on: their agents write them into host.yaml. */
export const ApplyRequest = Type.Object(
  {
    pfs: Type.Array(
      Type.Object({ pf: Text, numVfs: Type.Integer({ minimum: 0, maximum: 65_535 }) }, closed),
      { minItems: 1, maxItems: 64 },
    ),
    /** Who may lose a VF, spelled as the plan spells it. */
    evict: Type.Optional(Type.Array(Text, { maxItems: 4096 })),
  },
  closed,
);

/** What was done, in its order, and what is left. */
export const ApplyView = Type.Object({
  /** `error` null: done, and read back. */
  steps: Type.Array(Type.Object({ text: Text, error: Nullable(ErrorSummaryView) })),
  plan: PlanView,
});

/** Agents, as far as controllers have heard of them. */
export const AgentListView = Type.Object({
  agents: Type.Array(
    Type.Object({
      hostId: Text,
      version: Text,
      /** Whether it has a session with a controller. */
      isConnected: Type.Boolean(),
      /** Whether it was heard of lately; of a host that is not, nothing that is shown is sure. */
      isAlive: Type.Boolean(),
      heardAt: Type.String({ format: 'date-time' }),
    }),
  ),
});

/** For whom a one-time token is, and how long it is good. */
export const EnrolmentTokenRequest = Type.Object(
  {
    /** null: any host. */
    hostId: Nullable(Type.String({ minLength: 1, maxLength: 255 })),
    expiresInHours: Type.Integer({ minimum: 1, maximum: 24 * 30 }),
  },
  closed,
);

/** The token is shown this once. */
export const EnrolmentTokenView = Type.Object({
  token: Text,
  hostId: Nullable(Text),
  expiresAt: Type.String({ format: 'date-time' }),
});

/** In which of a virtual machine: what runs, what its next start reads, or both. */
const PlugScope = Type.Enum(['live', 'config', 'both']);

/** A VF that a port has, and how far its host has got with it. */
export const AttachmentView = Type.Object({
  attachmentId: Text,
  portId: Text,
  projectId: Text,
  hostId: Text,
  pf: Text,
  /** null: the whole PF. */
  vfIndex: Nullable(Count),
  pciAddress: Text,
  physicalNetwork: Text,
  vnicType: Text,
  /** What virtfn itself plugs it into; null: nothing, somebody else does or nobody. */
  vm: Nullable(
    Type.Object({
      domainId: Text,
      /** null: its host has not told of it. */
      name: Nullable(Text),
      scope: PlugScope,
      /** Whether a virtio interface with the same MAC stands by. */
      standby: Type.Boolean(),
      /** Of a machine that is being moved: whether it comes to this host or goes; null: it stays. */
      move: Nullable(Type.Enum(['arriving', 'departing'])),
    }),
  ),
  /** `prepared`: for a machine that is to come; `unknown`: the host has not been heard of lately. */
  state: Type.Enum(['reserved', 'wanted', 'prepared', 'configured', 'failed', 'unknown']),
  /** As read back from the kernel; null: it was not yet. */
  settings: Nullable(VfSettingsView),
  /** Why it failed. */
  reason: Nullable(Type.Object({ code: Text, message: Text, hint: Text })),
});

export const AttachmentListView = Type.Object({
  attachments: Type.Array(AttachmentView),
  /** `marker` of the next page; null: this is the last one. */
  next: Nullable(Text),
});

/** Where a port is to be tried; null: anywhere. */
export const PortPlaceRequest = Type.Object({ hostId: Nullable(Text) }, closed);

/** The VF that a port has got; the host has not configured it yet. */
export const PortPlaceView = Type.Object({
  portId: Text,
  attachmentId: Text,
  hostId: Text,
  pf: Text,
  /** null: the whole PF. */
  vfIndex: Nullable(Count),
  pciAddress: Text,
});

/** Into which virtual machine a port is to be plugged. */
export const PortAttachRequest = Type.Object(
  {
    /** Name or UUID. */
    vm: Type.String({ minLength: 1, maxLength: 255 }),
    /** null: the host that has told of the machine. With a host, a UUID is taken as it is. */
    hostId: Nullable(Type.String({ minLength: 1, maxLength: 255 })),
    /** `failover`: a VF, and a virtio interface that stands by. null: as the port's `binding:vnic_type` says. */
    kind: Nullable(Type.Enum(['direct', 'macvtap', 'failover'])),
    scope: PlugScope,
  },
  closed,
);

export const PortDetachRequest = Type.Object({}, closed);

/** What is taken out of the machine and given back; null: nothing, the port was in none. */
export const PortDetachView = Type.Object({ attachment: Nullable(AttachmentView) });

/** Which virtual machine is to be moved, and to which host. */
export const MigrationRequest = Type.Object(
  {
    /** Name or UUID. */
    vm: Type.String({ minLength: 1, maxLength: 255 }),
    to: Type.String({ minLength: 1, maxLength: 255 }),
  },
  closed,
);

const Time = Type.String({ format: 'date-time' });

/** A live migration of a virtual machine with its ports. */
export const MigrationView = Type.Object({
  migrationId: Text,
  domainId: Text,
  /** null: nobody has told it. */
  vm: Nullable(Text),
  from: Text,
  to: Text,
  /** `preparing`: VFs are set up at the destination; `moving`: the machine is on its way; the others are the end. */
  state: Type.Enum(['preparing', 'moving', 'done', 'failed']),
  ports: Type.Array(
    Type.Object({
      portId: Text,
      kind: Type.Enum(['direct', 'macvtap', 'failover']),
      sourceAttachmentId: Text,
      destinationAttachmentId: Text,
    }),
  ),
  /** Why it failed. */
  reason: Nullable(Type.Object({ code: Text, message: Text, hint: Text })),
  startedAt: Time,
  /** null: the machine was not sent. */
  movingAt: Nullable(Time),
  /** When it was done, or failed; null: it goes on. */
  endedAt: Nullable(Time),
});

export const MigrationListView = Type.Object({
  migrations: Type.Array(MigrationView),
  /** `marker` of the next page; null: this is the last one. */
  next: Nullable(Text),
});

/** The VF that a port would get, or why each host refuses it. */
export const PortExplanationView = Type.Object({
  portId: Text,
  chosen: Nullable(Type.Object({ hostId: Text, pf: Text, vfIndex: Nullable(Count), pciAddress: Text })),
  /** What stands in the way before any host is looked at. */
  obstacle: Nullable(Text),
  /** Who keeps to the port's security where it would be, or is: its host by a packet filter, or its card. */
  security: Type.Object({ enforcedBy: Type.Enum(['host', 'card', 'nobody']), text: Text }),
  hosts: Type.Array(
    Type.Object({
      hostId: Text,
      reasons: Type.Array(
        Type.Object({
          code: Text,
          pf: Nullable(Text),
          vfs: Nullable(Count),
          text: Text,
          /** All of it in one line, for people. */
          words: Text,
        }),
      ),
    }),
  ),
});

export const ErrorView = Type.Object({
  error: Type.Object({
    code: Text,
    message: Text,
    hint: Text,
    details: Type.Record(Text, Type.Unknown()),
    requestId: Text,
  }),
});

export const RemovedHostView = Type.Object({ hostId: Text });

export const HostParams = Type.Object({ hostId: Text }, closed);
export const PortParams = Type.Object({ portId: Text }, closed);
export const MigrationParams = Type.Object({ migrationId: Text }, closed);
export const VfParams = Type.Object(
  { hostId: Text, pf: Text, vfIndex: Type.String({ pattern: '^\\d{1,5}$' }) },
  closed,
);
export const NoParams = Type.Object({}, closed);

export type About = Static<typeof AboutView>;
export type HostSummary = Static<typeof HostSummaryView>;
export type HostDocument = Static<typeof HostView>;
export type DriftDocument = Readonly<Static<typeof DriftView>>;
export type HostList = Static<typeof HostListView>;
export type PhysicalNetworkList = Static<typeof PhysicalNetworkListView>;
export type PlanDocument = Static<typeof PlanView>;
export type PlanRequestDocument = Static<typeof PlanRequest>;
export type ApplyRequestDocument = Static<typeof ApplyRequest>;
export type ApplyDocument = Static<typeof ApplyView>;
export type ErrorDocument = Static<typeof ErrorView>;
export type AgentList = Static<typeof AgentListView>;
export type AttachmentDocument = Static<typeof AttachmentView>;
export type AttachmentList = Static<typeof AttachmentListView>;
export type EnrolmentTokenRequestDocument = Static<typeof EnrolmentTokenRequest>;
export type EnrolmentTokenDocument = Static<typeof EnrolmentTokenView>;
export type PortPlaceDocument = Static<typeof PortPlaceRequest>;
export type PortPlace = Static<typeof PortPlaceView>;
export type PortAttachDocument = Static<typeof PortAttachRequest>;
export type PortDetachDocument = Static<typeof PortDetachView>;
export type MigrationRequestDocument = Static<typeof MigrationRequest>;
export type MigrationDocument = Static<typeof MigrationView>;
export type MigrationList = Static<typeof MigrationListView>;
export type PortExplanation = Static<typeof PortExplanationView>;
