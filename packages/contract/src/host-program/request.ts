import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);
const Text = Type.String({ maxLength: 4096 });
const VfIndex = Type.Integer({ minimum: 0, maximum: 65_535 });
const Rate = Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }));

/** What one VF shall be, as far as it is said. null takes a setting away; what is left out stays as host.yaml has it. */
const VfChanges = Type.Object(
  {
    driver: Type.Optional(Type.Union([Type.Literal('kernel'), Type.Literal('vfio-pci')])),
    mac: Type.Optional(Nullable(Text)),
    vlan: Type.Optional(
      Nullable(
        Type.Object({
          id: Type.Integer(),
          qos: Type.Integer(),
          proto: Type.Union([Type.Literal('802.1q'), Type.Literal('802.1ad')]),
        }),
      ),
    ),
    spoofCheck: Type.Optional(Type.Boolean()),
    trust: Type.Optional(Type.Boolean()),
    linkState: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('enable'), Type.Literal('disable')]),
    ),
    minTxRateMbps: Type.Optional(Rate),
    maxTxRateMbps: Type.Optional(Rate),
    mtu: Type.Optional(Nullable(Type.Integer({ minimum: 68, maximum: 9710 }))),
  },
  closed,
);

/** One change of host.yaml. `pf` is a PCI address or the name of an interface. */
const HostConfigEdit = Type.Union([
  Type.Object({ kind: Type.Literal('set-num-vfs'), pf: Text, numVfs: Type.Integer({ minimum: 0 }) }, closed),
  Type.Object({ kind: Type.Literal('set-vf'), pf: Text, vfIndex: VfIndex, changes: VfChanges }, closed),
  /** The VF is nobody's any more, and closed. */
  Type.Object({ kind: Type.Literal('close-vf'), pf: Text, vfIndex: VfIndex }, closed),
]);

/** Parts of requests that read host.yaml; null: the usual file. */
const configFile = { configFile: Nullable(Text) } as const;
const planned = {
  ...configFile,
  /** Changes of host.yaml that are to be part of it; `apply` writes them. */
  edits: Type.Array(HostConfigEdit, { maxItems: 4096 }),
  /** Who may lose a VF, spelled as the plan spells it. */
  evict: Type.Array(Text, { maxItems: 4096 }),
  /** Whether a driver may be loaded anew where the number of VFs is an option of its module. */
  reloadDriver: Type.Boolean(),
} as const;

const Text255 = Type.String({ minLength: 1, maxLength: 255 });

/** A port of the owner of this host for one of its virtual machines, without a controller. */
const attach = {
  ...configFile,
  /** Name or UUID. */
  vm: Text255,
  kind: Type.Union([
    Type.Literal('direct'),
    Type.Literal('macvtap'),
    Type.Literal('direct-physical'),
    Type.Literal('normal'),
    Type.Literal('failover'),
  ]),
  /** null: as long as the machine is defined, or where it is transient as long as it runs. */
  scope: Nullable(Type.Union([Type.Literal('live'), Type.Literal('config'), Type.Literal('both')])),
  physicalNetwork: Text255,
  vlanId: Nullable(Type.Integer({ minimum: 1, maximum: 4094 })),
  /** null: a new one. */
  mac: Nullable(Text255),
  /** PCI address or interface; null: the one with most free VFs. */
  pf: Nullable(Text255),
  /** null: the first that is free. */
  vfIndex: Nullable(VfIndex),
  spoofCheck: Type.Boolean(),
  trust: Type.Boolean(),
  minTxRateMbps: Rate,
  maxTxRateMbps: Rate,
  dryRun: Type.Boolean(),
} as const;

/** What whoever keeps a host can be asked for: the daemon by its socket, or the command line's own process. */
export const HostRequestSchema = Type.Union([
  Type.Object({ request: Type.Literal('observe') }, closed),
  /** Like `observe`, again and again as things change, until the asker goes away. */
  Type.Object({ request: Type.Literal('watch') }, closed),
  Type.Object({ request: Type.Literal('plan'), ...planned }, closed),
  Type.Object({ request: Type.Literal('apply'), ...planned }, closed),
  Type.Object({ request: Type.Literal('diff'), ...configFile }, closed),
  Type.Object({ request: Type.Literal('fleet-status') }, closed),
  /** The virtual machines of the host with their interfaces. */
  Type.Object({ request: Type.Literal('machines') }, closed),
  Type.Object({ request: Type.Literal('attach'), ...attach }, closed),
  Type.Object(
    {
      request: Type.Literal('detach'),
      ...configFile,
      /** null: whichever machine has the attachment, also one that is gone. */
      vm: Nullable(Text255),
      /** Attachment, port or MAC; null: the only one that the machine has. */
      attachment: Nullable(Text255),
      /** Cut the VF off at the card at once, and take what the guest does not give back when the machine stops. */
      force: Type.Boolean(),
      /** How long to wait for the guest. */
      waitSeconds: Type.Integer({ minimum: 0, maximum: 3600 }),
      dryRun: Type.Boolean(),
    },
    closed,
  ),
]);

export type HostRequest = Static<typeof HostRequestSchema>;
export type AttachRequest = Extract<HostRequest, { request: 'attach' }>;
export type DetachRequest = Extract<HostRequest, { request: 'detach' }>;
export type HostConfigEdit = Static<typeof HostConfigEdit>;
export type VfChanges = Static<typeof VfChanges>;
