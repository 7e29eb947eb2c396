import {
  type MacAddress,
  parseAttachmentId,
  parseDomainId,
  parseHostId,
  parseIpPrefix,
  parseMacAddress,
  parseNetdevName,
  parseNetworkId,
  parsePciAddress,
  parsePhysicalNetwork,
  parsePortId,
} from '@virtfn/model';
import { Type } from 'typebox';

/** What a message is, as nobody may change it. */
export type Frozen<Value> = Value extends string | number | boolean | null
  ? Value
  : { readonly [Key in keyof Value]: Frozen<Value[Key]> };

/** A value of the model as text: the model's own parser says whether it is one, spelled as the model spells it. */
function parsedText<Name extends string>(what: string, parse: (text: string) => Name) {
  const isSpelled = (text: string): boolean => {
    try {
      return parse(text) === text;
    } catch {
      return false;
    }
  };
  return Type.Unsafe<Name>(Type.Refine(Type.String({ maxLength: 255 }), isSpelled, () => `must be ${what}`));
}

export const HostIdText = parsedText('a host name', parseHostId);
export const PortIdText = parsedText('a port id', parsePortId);
export const AttachmentIdText = parsedText('an attachment id', parseAttachmentId);
export const DomainIdText = parsedText('the UUID of a virtual machine, in small letters', parseDomainId);
export const NetdevNameText = parsedText('the name of a network interface', parseNetdevName);
export const NetworkIdText = parsedText('a network id', parseNetworkId);
export const PhysicalNetworkText = parsedText('a physical network', parsePhysicalNetwork);
export const PciAddressText = parsedText('a PCI address', parsePciAddress);
export const IpPrefixText = parsedText('an IP address with a length', parseIpPrefix);
export const MacAddressText = parsedText<MacAddress>('a MAC address', parseMacAddress);

/** Words for people, or a name that only its owner understands. */
export const Text = Type.String({ maxLength: 4096 });
export const VlanId = Type.Integer({ minimum: 1, maximum: 4094 });
export const Revision = Type.Integer({ minimum: 0 });

export const Nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);
