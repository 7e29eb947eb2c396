import { decodePacket, lengthOfPacket, type Packet } from './packet.ts';

/** Finds the packets in a stream, which comes in pieces of any size. */
export class PacketSplitter {
  #pieces: Uint8Array[] = [];
  #held = 0;
  /** Of the packet that has begun; 4 while its length is not there yet. */
  #needed = 4;

  /**
   * Takes a piece and gives the packets that are whole with it.
   *
   * @throws {LibvirtDecodeError} when the stream makes no sense; it cannot be read on, since nobody knows where the next
   * packet would start
   */
  push(piece: Uint8Array): readonly Packet[] {
    const packets: Packet[] = [];
    this.#pieces.push(piece);
    this.#held += piece.length;
    // Joined only when something is whole: a large packet comes in hundreds of pieces.
    while (this.#held >= this.#needed) {
      const joined = Buffer.concat(this.#pieces, this.#held);
      if (this.#needed === 4) {
        this.#needed = lengthOfPacket(joined);
        this.#pieces = [joined];
        continue;
      }
      packets.push(decodePacket(joined.subarray(0, this.#needed)));
      const rest = joined.subarray(this.#needed);
      this.#pieces = [rest];
      this.#held = rest.length;
      this.#needed = 4;
    }
    return packets;
  }
}
