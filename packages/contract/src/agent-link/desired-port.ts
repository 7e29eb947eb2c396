import { type Static, Type } from 'typebox';
import {
  AttachmentIdText,
  type Frozen,
  MacAddressText,
  NetworkIdText,
  Nullable,
  PciAddressText,
  PhysicalNetworkText,
  PortIdText,
  Text,
  VlanId,
} from './schema-parts.ts';

const Kbps = Nullable(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }));

/** Names one giving of a VF to a port. */
export const AttachmentRefSchema = Type.Object({ portId: PortIdText, attachmentId: AttachmentIdText });

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
});

/** A port of kind `normal` on the host, whose MAC the VFs on the same wire must reach. */
export const LocalPortSchema = Type.Object({
  portId: PortIdText,
  mac: MacAddressText,
  physicalNetwork: PhysicalNetworkText,
  vlanId: Nullable(VlanId),
});

export type AttachmentRef = Frozen<Static<typeof AttachmentRefSchema>>;
export type DesiredPort = Frozen<Static<typeof DesiredPortSchema>>;
export type LocalPort = Frozen<Static<typeof LocalPortSchema>>;
