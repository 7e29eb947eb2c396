// Packets as libvirt's own programs have sent them, to compare with.
// Must never hold a packet that we have made.
import { readFileSync } from 'node:fs';
import { decodePacket, type Packet } from '../packet/index.ts';

export interface CapturedPacket {
  readonly from: 'client' | 'daemon';
  readonly packet: Packet;
}

/**
 * Reads captured packets: '>' before what a client sent and '<' before what the daemon did, hexadecimal, continued on lines
 * that are indented; '#' before a comment.
 */
export function readCaptured(name: 'calls' | 'events' | 'migrate-direct'): readonly CapturedPacket[] {
  const text = readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8');
  const packets = text.replaceAll(/^#.*\n/gm, '').matchAll(/^([<>]) ([0-9a-f\s]+)/gm);
  return Array.from(packets, ([, from, hex = '']) => ({
    from: from === '>' ? 'client' : 'daemon',
    packet: decodePacket(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')),
  }));
}

/** A call and its answer, which follow each other. */
export interface CapturedCall {
  readonly call: Packet;
  readonly reply: Packet;
}

/** @throws {Error} the fixture has a call without an answer */
export function readCapturedCalls(name: 'calls' | 'migrate-direct'): readonly CapturedCall[] {
  const packets = readCaptured(name);
  return packets.flatMap(({ from, packet }, at) => {
    if (from === 'daemon') return [];
    const reply = packets[at + 1]?.packet;
    if (reply?.serial !== packet.serial) throw new Error(`Cannot pair packet ${at} of ${name}`);
    return { call: packet, reply };
  });
}
