import type { AttributeReader } from '../wire/attribute-reader.ts';
import { NetlinkDecodeError } from '../wire/decode-error.ts';
import type { NetlinkMessage, NetlinkRequest } from '../wire/message.ts';
import {
  type DevlinkHandle,
  type DevlinkPortHandle,
  HandleReader,
  writeHandle,
  writePortHandle,
} from './devlink-handle.ts';
import { Attribute, Command, FunctionAttribute, portFlavours, portTypes } from './devlink-uapi.ts';
import { genericAttributes, genericRequest } from './message.ts';

export type PortFlavour = (typeof portFlavours)[number];

/** A port of a card's eswitch. Null: the kernel did not say, or it does not apply to this flavour. */
export interface DevlinkPort extends DevlinkPortHandle {
  readonly type: (typeof portTypes)[number] | null;
  readonly flavour: PortFlavour | null;
  /** Number of a physical port on the card. */
  readonly portNumber: number | null;
  readonly controllerNumber: number | null;
  readonly pfNumber: number | null;
  /** The VF index behind a 'pcivf' port. */
  readonly vfNumber: number | null;
  readonly sfNumber: number | null;
  /** The function behind it is on another machine (a DPU's host). */
  readonly external: boolean | null;
  /** The netdev of the port: of a 'pcivf' port, the VF's representor. */
  readonly netdev: { readonly ifIndex: number | null; readonly name: string } | null;
  /** What the port shows of the function behind it. */
  readonly function: { readonly address: string | null; readonly active: boolean | null } | null;
}

/** DEVLINK_CMD_PORT_GET for all ports, of one instance or of all with null. */
export function encodeListDevlinkPorts(familyId: number, handle: DevlinkHandle | null): NetlinkRequest {
  return genericRequest(familyId, Command.portGet, 'dump', (attributes) => {
    if (handle !== null) writeHandle(attributes, handle);
  });
}

/** DEVLINK_CMD_PORT_GET for one port. */
export function encodeGetDevlinkPort(familyId: number, handle: DevlinkPortHandle): NetlinkRequest {
  return genericRequest(familyId, Command.portGet, 'one', (attributes) =>
    writePortHandle(attributes, handle),
  );
}

/**
 * Decodes a port (devlink_nl_port_fill in net/devlink/port.c). The reply to encodeGetDevlinkPort is DEVLINK_CMD_PORT_NEW;
 * those of a dump have always carried DEVLINK_CMD_NEW, which Documentation/netlink/specs/devlink.yaml calls a bug.
 *
 * @throws {NetlinkDecodeError}
 */
export function decodeDevlinkPort(message: NetlinkMessage): DevlinkPort {
  const handle = new HandleReader('a devlink port');
  let ifIndex: number | null = null;
  let netdevName: string | null = null;
  const port: { -readonly [Key in Exclude<keyof DevlinkPort, keyof DevlinkPortHandle>]: DevlinkPort[Key] } = {
    type: null,
    flavour: null,
    portNumber: null,
    controllerNumber: null,
    pfNumber: null,
    vfNumber: null,
    sfNumber: null,
    external: null,
    netdev: null,
    function: null,
  };
  const attributes = genericAttributes(message, [Command.portNew, Command.new], 'a devlink port');
  while (attributes.next()) {
    if (handle.take(attributes)) continue;
    switch (attributes.type) {
      case Attribute.portType:
        port.type = portTypes[attributes.u16()] ?? null;
        break;
      case Attribute.portNetdevIfIndex:
        ifIndex = attributes.u32();
        break;
      case Attribute.portNetdevName:
        netdevName = attributes.text();
        break;
      case Attribute.portFlavour:
        port.flavour = portFlavours[attributes.u16()] ?? null;
        break;
      case Attribute.portNumber:
        port.portNumber = attributes.u32();
        break;
      case Attribute.portControllerNumber:
        port.controllerNumber = attributes.u32();
        break;
      case Attribute.portPciPfNumber:
        port.pfNumber = attributes.u16();
        break;
      case Attribute.portPciVfNumber:
        port.vfNumber = attributes.u16();
        break;
      case Attribute.portPciSfNumber:
        port.sfNumber = attributes.u32();
        break;
      case Attribute.portExternal:
        port.external = attributes.u8() !== 0;
        break;
      case Attribute.portFunction:
        port.function = decodeFunction(attributes.nest());
        break;
      default: // of no use to us, or newer than this code
    }
  }
  if (netdevName !== null) port.netdev = { ifIndex, name: netdevName };
  const portIndex = handle.portIndex();
  if (portIndex === null) throw new NetlinkDecodeError('a devlink port', 'no index', attributes.end);
  return { ...handle.device(), portIndex, ...port };
}

function decodeFunction(attributes: AttributeReader): DevlinkPort['function'] {
  let [address, active]: [string | null, boolean | null] = [null, null];
  while (attributes.next()) {
    if (attributes.type === FunctionAttribute.hardwareAddress) address = attributes.address();
    else if (attributes.type === FunctionAttribute.state) active = attributes.u8() !== 0;
  }
  return { address, active };
}
