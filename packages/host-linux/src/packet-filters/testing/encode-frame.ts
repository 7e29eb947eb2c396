import {
  type IpPacket,
  type OtherFrame,
  type Packet,
  protocolOf,
  type Transport,
} from '@virtfn/host-simulator';
import { ipNumberOf } from '@virtfn/model';

const DESTINATION_MAC = '020000000099';
const TCP_FLAGS = { fin: 0x01, rst: 0x04, syn: 0x02, ack: 0x10, 'syn-ack': 0x12 } as const;
const FRAGMENT_HEADER = 44;
const OTHER_HEADERS: Readonly<Record<OtherFrame, string>> = {
  rarp: '8035',
  tagged: '8100000a0800',
  'priority-tagged': '810000000800',
  experiment: '88b5',
};

/** The frame of a packet. `number` makes it unlike any other. */
export function encodeFrame(packet: Packet, number: number): Buffer {
  return Buffer.concat([
    hex(DESTINATION_MAC),
    hex(packet.sourceMac.replaceAll(':', '')),
    payloadOf(packet),
    u32(number),
  ]);
}

function payloadOf(packet: Packet): Buffer {
  switch (packet.kind) {
    case 'other':
      return Buffer.concat([hex(OTHER_HEADERS[packet.what]), hex('45000014'), Buffer.alloc(46)]);
    case 'arp':
      return Buffer.concat([
        hex('0806000108000604'),
        Buffer.of(0, packet.operation),
        hex(packet.senderMac.replaceAll(':', '')),
        address(packet.senderIp),
        hex('000000000000c0000202'),
        Buffer.alloc(18),
      ]);
    case 'ip':
      return packet.ethertype === 'IPv4' ? ipv4(packet) : ipv6(packet);
  }
}

function ipv4(packet: IpPacket): Buffer {
  const body = bodyOf(packet);
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(header.length + body.length, 2);
  header.writeUInt16BE(packet.fragment.kind === 'none' ? 7 : packet.fragment.id, 4);
  header.writeUInt16BE({ none: 0x4000, first: 0x2000, later: 0x0005 }[packet.fragment.kind], 6);
  header[8] = 64;
  header[9] = protocolOf(packet);
  address(packet.source).copy(header, 12);
  address(packet.destination).copy(header, 16);
  return Buffer.concat([hex('0800'), header, body]);
}

function ipv6(packet: IpPacket): Buffer {
  const { fragment } = packet;
  const protocol = protocolOf(packet);
  const fragmentHeader =
    fragment.kind === 'none'
      ? Buffer.alloc(0)
      : Buffer.concat([
          Buffer.of(protocol, 0),
          fragment.kind === 'first' ? hex('0001') : hex('0028'),
          u32(fragment.id),
        ]);
  const rest = Buffer.concat([fragmentHeader, bodyOf(packet)]);
  const header = Buffer.alloc(8);
  header[0] = 0x60;
  header.writeUInt16BE(rest.length, 4);
  header[6] = fragment.kind === 'none' ? protocol : FRAGMENT_HEADER;
  header[7] = 255;
  return Buffer.concat([hex('86dd'), header, address(packet.source), address(packet.destination), rest]);
}

/** Long enough for every header; a fragment behind the first has something else there. */
function bodyOf({ transport, fragment }: IpPacket): Buffer {
  const body = Buffer.alloc(48, fragment.kind === 'later' ? 0x2a : 0);
  if (fragment.kind !== 'later') transportHeader(transport).copy(body);
  return body;
}

function transportHeader(transport: Transport): Buffer {
  switch (transport.kind) {
    case 'tcp': {
      const flags = Buffer.of(0x50, TCP_FLAGS[transport.flags]);
      return Buffer.concat([portsOf(transport), Buffer.alloc(8), flags, Buffer.alloc(6)]);
    }
    case 'datagram':
      return Buffer.concat([portsOf(transport), hex('00300000')]);
    case 'icmp': {
      const head = Buffer.from([
        transport.type,
        transport.code,
        0,
        0,
        transport.id >> 8,
        transport.id & 0xff,
        0,
        1,
      ]);
      return transport.target === null ? head : Buffer.concat([head, address(transport.target)]);
    }
    case 'other':
      return hex('deadbeefdeadbeef');
  }
}

function portsOf({
  sourcePort,
  destinationPort,
}: {
  readonly sourcePort: number;
  readonly destinationPort: number;
}): Buffer {
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(sourcePort, 0);
  ports.writeUInt16BE(destinationPort, 2);
  return ports;
}

function address(text: string): Buffer {
  const digits = text.includes(':') ? 32 : 8;
  return hex(ipNumberOf(text).toString(16).padStart(digits, '0'));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
