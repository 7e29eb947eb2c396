import { type Static, Type } from 'typebox';
import { MigrationUriText } from '../migration-uri.ts';
import { textParser } from './parse-text.ts';
import { PortFilterSchema } from './port-filter.ts';
import {
  AttachmentIdText,
  DomainIdText,
  type Frozen,
  MacAddressText,
  NetdevNameText,
  NetworkIdText,
  Nullable,
  PciAddressText,
  PhysicalNetworkText,
  PortIdText,
  Text,
  VlanId,
} from './schema-parts.ts';

const Kbps = Nullable(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }));

/** What a port comes to on a host that is prepared for it. */
export const preparedPlace = {
  pciAddress: PciAddressText,
  /** Of the VF, where the host drives it. */
  netdevName: Nullable(NetdevNameText),
  /** For the interface that stands by. */
  bridge: Nullable(
    Type.Object({
      kind: Type.Union([Type.Literal('linux'), Type.Literal('ovs')]),
      name: NetdevNameText,
    }),
  ),
} as const;

/** Names one giving of a VF to a port. */
export const AttachmentRefSchema = Type.Object({ portId: PortIdText, attachmentId: AttachmentIdText });

/**
 * A live migration. The port is wanted on both hosts then, as two attachments; the card of each passes frames for its MAC
 * only while the machine runs there.
 */
const MoveSchema = Type.Union([
  /** The machine comes to this host: the VF is set up, and plugged once the machine runs here. */
  Type.Object({ kind: Type.Literal('arriving') }),
  /** The machine goes: what cannot move with it is unplugged, then it is sent. */
  Type.Object({
    kind: Type.Literal('departing'),
    migrationId: Text,
    /** As the host that it goes to said when it was prepared. */
    destination: Type.Object({ uri: MigrationUriText, attachmentId: AttachmentIdText, ...preparedPlace }),
  }),
]);

/** Into which virtual machine of the host a port shall be plugged. */
const PlugSchema = Type.Object({
  domainId: DomainIdText,
  scope: Type.Union([Type.Literal('live'), Type.Literal('config'), Type.Literal('both')]),
  /** For a VF: whether a virtio interface with the same MAC stands by for the time when the VF is away. */
  standby: Type.Boolean(),
  move: Type.Optional(Nullable(MoveSchema)),
});

/** A port that shall have a VF, or a whole PF, of the host. Its words are those of the model's `Port`. */
export const DesiredPortSchema = Type.Object({
  portId: PortIdText,
  /** Of this binding alone: a later one of the same port, or of the same VF, has another. */
  attachmentId: AttachmentIdText,
  networkId: NetworkIdText,
  pf: PciAddressText,
  /** null: the PF itself is given away, which is what `direct-physical` asks for. */
  vfIndex: Nullable(Type.Integer({ minimum: 0, maximum: 65_535 })),
  vnicType: Type.Union([Type.Literal('direct'), Type.Literal('macvtap'), Type.Literal('direct-physical')]),
  segment: Type.Union([
    Type.Object({ kind: Type.Literal('flat'), physicalNetwork: PhysicalNetworkText }),
    Type.Object({
      kind: Type.Literal('vlan'),
      physicalNetwork: PhysicalNetworkText,
      segmentationId: VlanId,
    }),
  ]),
  mac: MacAddressText,
  adminStateUp: Type.Boolean(),
  portSecurityEnabled: Type.Boolean(),
  trusted: Type.Boolean(),
  propagateUplinkStatus: Type.Boolean(),
  qos: Type.Object({ minKbps: Kbps, maxKbps: Kbps }),
  /** Who uses it, as Neutron's `device_id` says; null: nobody yet. */
  vm: Nullable(Text),
  /** What virtfn itself plugs it into; null or absent: nothing, somebody else does or nobody. */
  plug: Type.Optional(Nullable(PlugSchema)),
  /** What may pass it, where the host filters; null or absent: the host does not. */
  filter: Type.Optional(Nullable(PortFilterSchema)),
});

/** A port of kind `normal` on the host, whose MAC the VFs on the same wire must reach. */
export const LocalPortSchema = Type.Object({
  portId: PortIdText,
  mac: MacAddressText,
  physicalNetwork: PhysicalNetworkText,
  vlanId: Nullable(VlanId),
});

const own = {
  /** Whether it is to go, as soon as the guest lets go; `cut`: its VF passes nothing from now on. */
  leaving: Type.Union([Type.Literal('no'), Type.Literal('asked'), Type.Literal('cut')]),
} as const;

/** A port that the owner of one host has attached there, without a controller. */
const OwnPortSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('vf'),
    ...own,
    port: Type.Object({ ...DesiredPortSchema.properties, plug: PlugSchema }),
  }),
  /** On a bridge of the host. */
  Type.Object({
    kind: Type.Literal('normal'),
    ...own,
    port: Type.Object({
      ...LocalPortSchema.properties,
      attachmentId: AttachmentIdText,
      plug: PlugSchema,
    }),
  }),
]);
const OwnPortsSchema = Type.Array(OwnPortSchema);

export type AttachmentRef = Frozen<Static<typeof AttachmentRefSchema>>;
export type DesiredPort = Frozen<Static<typeof DesiredPortSchema>>;
export type LocalPort = Frozen<Static<typeof LocalPortSchema>>;
export type Plug = Frozen<Static<typeof PlugSchema>>;
export type OwnPort = Frozen<Static<typeof OwnPortSchema>>;

/** Parses what an agent wrote down of the ports that were attached on its host. @throws {SriovError} REQUEST_INVALID */
export const parseOwnPorts: (text: string) => readonly OwnPort[] = textParser(
  OwnPortsSchema,
  'the list of attached ports',
);
