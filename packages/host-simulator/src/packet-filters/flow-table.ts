import { flowLimits } from '@virtfn/model';
import { type IpPacket, protocolOf } from './packet.ts';

/** The flows of one port, and the fragments that belong to packets which have passed. Limits in milliseconds of `now`. */
export class FlowTable {
  /** Until when each is remembered. */
  readonly #until = new Map<string, number>();

  /** Remembers what goes the way of the packet that opened the flow. What it says of connections is in flow-limits.ts. */
  open(packet: IpPacket, now: number): void {
    const key = keyOf(packet, 'forth');
    if (key === null) return;
    switch (packet.transport.kind) {
      case 'tcp':
        if (isEnd(packet)) this.#end(key, now);
        else if (this.#has('answered', key, now))
          this.#remember('answered', key, flowLimits.tcpEstablished, now);
        else this.#remember('unanswered', key, flowLimits.tcpUnanswered, now);
        return;
      case 'datagram':
        if (this.#has('answered', key, now))
          this.#remember('answered', key, flowLimits.datagramAnswered, now);
        else this.#remember('unanswered', key, flowLimits.datagramUnanswered, now);
        return;
      case 'icmp':
        return this.#remember('echo', key, flowLimits.echo, now);
      case 'other':
        return this.#remember('pair', key, flowLimits.addressPair, now);
    }
  }

  /** Whether the packet answers a flow that is remembered; then it goes on being so. */
  answer(packet: IpPacket, now: number): boolean {
    const key = keyOf(packet, 'back');
    if (key === null) return false;
    switch (packet.transport.kind) {
      case 'tcp':
        return this.#answerTcp(packet, key, now);
      case 'datagram':
        if (!this.#has('answered', key, now) && !this.#has('unanswered', key, now)) return false;
        this.#remember('answered', key, flowLimits.datagramAnswered, now);
        return true;
      case 'icmp':
        return this.#refresh('echo', key, flowLimits.echo, now);
      case 'other':
        return this.#refresh('pair', key, flowLimits.addressPair, now);
    }
  }

  rememberFragments(packet: IpPacket, now: number): void {
    this.#remember('fragments', fragmentKey(packet), flowLimits.fragments, now);
  }

  hasFragments(packet: IpPacket, now: number): boolean {
    return this.#has('fragments', fragmentKey(packet), now);
  }

  #answerTcp(packet: IpPacket, key: string, now: number): boolean {
    const isAnswered = this.#has('answered', key, now);
    if (!isAnswered && !this.#has('unanswered', key, now)) return false;
    const agrees = packet.transport.kind === 'tcp' && packet.transport.flags === 'syn-ack';
    if (isAnswered && isEnd(packet)) this.#end(key, now);
    else if (isAnswered || agrees) this.#remember('answered', key, flowLimits.tcpEstablished, now);
    else this.#remember('unanswered', key, flowLimits.tcpUnanswered, now);
    return true;
  }

  #end(key: string, now: number): void {
    this.#until.delete(`answered ${key}`);
    this.#remember('unanswered', key, flowLimits.tcpUnanswered, now);
  }

  #refresh(kind: Kind, key: string, seconds: number, now: number): boolean {
    const has = this.#has(kind, key, now);
    if (has) this.#remember(kind, key, seconds, now);
    return has;
  }

  #has(kind: Kind, key: string, now: number): boolean {
    return (this.#until.get(`${kind} ${key}`) ?? -Infinity) > now;
  }

  #remember(kind: Kind, key: string, seconds: number, now: number): void {
    this.#until.set(`${kind} ${key}`, now + seconds * 1000);
  }
}

type Kind = 'unanswered' | 'answered' | 'echo' | 'pair' | 'fragments';

const isEnd = ({ transport }: IpPacket): boolean =>
  transport.kind === 'tcp' && (transport.flags === 'fin' || transport.flags === 'rst');

const ECHO = { IPv4: { forth: 8, back: 0 }, IPv6: { forth: 128, back: 129 } } as const;

/** The flow as whoever opened it sees it; null: what the packet is opens no flow and answers none. */
function keyOf(packet: IpPacket, way: 'forth' | 'back'): string | null {
  const { transport, ethertype, source, destination } = packet;
  const pair = way === 'forth' ? `${source} ${destination}` : `${destination} ${source}`;
  switch (transport.kind) {
    case 'tcp':
    case 'datagram': {
      const { sourcePort, destinationPort } = transport;
      const ports = way === 'forth' ? [sourcePort, destinationPort] : [destinationPort, sourcePort];
      return `${protocolOf(packet)} ${pair} ${ports.join(' ')}`;
    }
    case 'icmp':
      return transport.type === ECHO[ethertype][way] ? `${pair} ${transport.id}` : null;
    case 'other':
      return `${transport.protocol} ${pair}`;
  }
}

function fragmentKey(packet: IpPacket): string {
  const id = packet.fragment.kind === 'none' ? '' : packet.fragment.id;
  return `${protocolOf(packet)} ${packet.source} ${packet.destination} ${id}`;
}
