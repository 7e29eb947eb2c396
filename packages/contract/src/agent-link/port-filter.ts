import { Type } from 'typebox';
import { IpPrefixText, MacAddressText, Nullable } from './schema-parts.ts';

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const Byte = Type.Integer({ minimum: 0, maximum: 255 });

/** What a rule lets pass. */
const FilterMatchSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('protocol'),
    protocol: Byte,
    ports: Nullable(Type.Object({ first: Port, last: Port })),
  }),
  Type.Object({ kind: Type.Literal('icmp'), type: Nullable(Byte), code: Nullable(Byte) }),
]);

/** The model's `PortFilter`: what may pass a port; everything else is dropped. */
export const PortFilterSchema = Type.Object({
  sources: Type.Array(Type.Object({ mac: MacAddressText, prefix: IpPrefixText })),
  rules: Type.Array(
    Type.Object({
      direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]),
      ethertype: Type.Union([Type.Literal('IPv4'), Type.Literal('IPv6')]),
      match: Nullable(FilterMatchSchema),
      remotes: Nullable(Type.Array(IpPrefixText)),
      isStateful: Type.Boolean(),
    }),
  ),
});
