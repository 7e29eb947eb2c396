import { type Static, Type } from 'typebox';
import { MIGRATION_URI } from '../migration-uri.ts';

const closed = { additionalProperties: false } as const;
const Rate = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

const MatchSchema = Type.Object(
  {
    pciAddress: Type.Optional(
      Type.String({ description: 'PCI address, as `lspci -D` prints it: 0000:82:00.0' }),
    ),
    netdevName: Type.Optional(Type.String({ description: 'name of the PF’s interface: ens1f0' })),
    mac: Type.Optional(Type.String({ description: 'MAC address of the PF' })),
    serial: Type.Optional(Type.String({ description: 'serial number of the card' })),
    vendorId: Type.Optional(Type.String({ description: 'four hexadecimal digits: 8086' })),
    productId: Type.Optional(Type.String({ description: 'four hexadecimal digits: 10c9' })),
    driver: Type.Optional(Type.String({ description: 'kernel driver of the PF: igb' })),
  },
  { ...closed, minProperties: 1, description: 'which PF is meant; all that is said must hold' },
);

const VlanSchema = Type.Union(
  [
    Type.Integer(),
    Type.Object(
      {
        id: Type.Integer(),
        qos: Type.Optional(Type.Integer()),
        proto: Type.Optional(Type.Union([Type.Literal('802.1q'), Type.Literal('802.1ad')])),
      },
      closed,
    ),
  ],
  { description: 'VLAN id from 1 to 4094, or id, priority (qos 0 to 7) and protocol' },
);

const VfSchema = Type.Object(
  {
    index: Type.Integer({ minimum: 0, description: 'number of the VF under its PF, from 0' }),
    driver: Type.Optional(
      Type.Union([Type.Literal('kernel'), Type.Literal('vfio-pci')], {
        description: 'kernel: the card’s own VF driver (default)',
      }),
    ),
    mac: Type.Optional(Type.String({ description: 'MAC address that the PF sets for the VF' })),
    vlan: Type.Optional(VlanSchema),
    spoofCheck: Type.Optional(
      Type.Boolean({ description: 'drop frames whose sender is not the VF (default true)' }),
    ),
    trust: Type.Optional(
      Type.Boolean({ description: 'let the VF change its MAC filters and go promiscuous (default false)' }),
    ),
    linkState: Type.Optional(
      Type.Union([Type.Literal('auto'), Type.Literal('enable'), Type.Literal('disable')], {
        description: 'auto follows the PF (default)',
      }),
    ),
    minTxRateMbps: Type.Optional(Rate('rate that the VF gets at least, Mbit/s')),
    maxTxRateMbps: Type.Optional(Rate('rate that the VF cannot pass, Mbit/s')),
    mtu: Type.Optional(Type.Integer({ minimum: 68, maximum: 9710 })),
  },
  closed,
);

const PfSchema = Type.Object(
  {
    match: MatchSchema,
    numVfs: Type.Integer({ minimum: 0, maximum: 65_535, description: 'number of VFs' }),
    moduleOption: Type.Optional(
      Type.String({
        description:
          'option of the driver’s module that sets the number, where sysfs does not: igb.max_vfs. Needs the driver loaded anew',
      }),
    ),
    physicalNetworks: Type.Optional(
      Type.Array(Type.String(), { description: 'wires that the PF is joined to' }),
    ),
    mtu: Type.Optional(
      Type.Integer({ minimum: 68, maximum: 9710, description: 'MTU of the PF; left alone without' }),
    ),
    eswitchMode: Type.Optional(
      Type.Union([Type.Literal('legacy'), Type.Literal('switchdev')], { description: 'left alone without' }),
    ),
    adminUp: Type.Optional(Type.Boolean({ description: 'bring the PF up (default true)' })),
    localMacs: Type.Optional(
      Type.Array(Type.String(), {
        description: 'MACs of this host, behind a bridge over the PF, that its VFs shall reach',
      }),
    ),
    reservedVfs: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0 }), { description: 'VFs that virtfn never touches' }),
    ),
    vfs: Type.Optional(
      Type.Array(VfSchema, {
        description: 'VFs that this host uses itself; all others are closed until a port gets them',
      }),
    ),
  },
  closed,
);

const BridgeSchema = Type.Object(
  {
    name: Type.String({ description: 'name of the bridge: br0' }),
    kind: Type.Optional(
      Type.Union([Type.Literal('linux'), Type.Literal('ovs')], {
        description: 'linux (default), or ovs for Open vSwitch, which tags each interface by itself',
      }),
    ),
    physicalNetwork: Type.String({
      description: 'wire that the bridge is joined to, over a PF or otherwise',
    }),
    vlan: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4094,
        description: 'VLAN that is on a Linux bridge; untagged without',
      }),
    ),
  },
  closed,
);

/** JSON Schema of `host.yaml`. */
export const HostConfigSchema = Type.Object(
  {
    version: Type.Literal(1),
    pfs: Type.Array(PfSchema),
    bridges: Type.Optional(
      Type.Array(BridgeSchema, {
        description: 'switches of this host for interfaces of virtual machines that are no VF’s',
      }),
    ),
    controllerMayChangeVfs: Type.Optional(
      Type.Boolean({
        description:
          'let the controller of the fleet change numVfs in this file, as `virtfn pf set-vfs` does (default false)',
      }),
    ),
    migrationUri: Type.Optional(
      Type.String({
        pattern: MIGRATION_URI,
        description: 'where libvirt takes machines that come to this host (default qemu+tls://HOST/system)',
      }),
    ),
  },
  { ...closed, title: 'virtfn host.yaml', description: 'What the owner of a host wants of its SR-IOV cards' },
);

export type HostConfigDocument = Static<typeof HostConfigSchema>;
