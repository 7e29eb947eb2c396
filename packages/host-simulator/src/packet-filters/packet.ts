import type { MacAddress } from '@virtfn/model';

/** What of a frame a port's filter looks at. */
export type Packet = {
  /** `ingress` goes to the machine, `egress` comes from it. */
  readonly direction: 'ingress' | 'egress';
  readonly sourceMac: MacAddress;
} & Payload;

type Payload =
  | {
      readonly kind: 'arp';
      readonly operation: number;
      readonly senderMac: MacAddress;
      readonly senderIp: string;
    }
  | IpPayload
  | { readonly kind: 'other'; readonly what: OtherFrame };

/** What is neither ARP nor IP: RARP, IP behind a VLAN tag or a tag of priority only, and a protocol for experiments. */
export type OtherFrame = 'rarp' | 'tagged' | 'priority-tagged' | 'experiment';

export type IpPacket = Extract<Packet, { readonly kind: 'ip' }>;

interface IpPayload {
  readonly kind: 'ip';
  readonly ethertype: 'IPv4' | 'IPv6';
  /** Addresses of that version. */
  readonly source: string;
  readonly destination: string;
  /** What stands behind the headers of IP; of a fragment behind the first nobody can read more of it than its protocol. */
  readonly transport: Transport;
  readonly fragment: Fragment;
}

export type Fragment =
  | { readonly kind: 'none' }
  /** `id` is the same for all fragments of a datagram. */
  | { readonly kind: 'first'; readonly id: number }
  | { readonly kind: 'later'; readonly id: number };

export type Transport =
  | {
      readonly kind: 'tcp';
      readonly sourcePort: number;
      readonly destinationPort: number;
      readonly flags: 'syn' | 'syn-ack' | 'ack' | 'fin' | 'rst';
    }
  /** UDP and what else has ports. */
  | {
      readonly kind: 'datagram';
      readonly protocol: number;
      readonly sourcePort: number;
      readonly destinationPort: number;
    }
  /** ICMP, or ICMPv6 in IPv6. */
  | {
      readonly kind: 'icmp';
      readonly type: number;
      readonly code: number;
      /** Of an echo. */
      readonly id: number;
      /** The address that a neighbour's advertisement is about; null: it is none. */
      readonly target: string | null;
    }
  | { readonly kind: 'other'; readonly protocol: number };

const TCP = 6;
const ICMP = { IPv4: 1, IPv6: 58 } as const;

/** IANA's number of what stands behind the headers of IP. */
export function protocolOf({ transport, ethertype }: Pick<IpPacket, 'transport' | 'ethertype'>): number {
  switch (transport.kind) {
    case 'tcp':
      return TCP;
    case 'icmp':
      return ICMP[ethertype];
    case 'datagram':
    case 'other':
      return transport.protocol;
  }
}
