import { readCaptured } from '../codec/captured/index.ts';
import * as codec from '../codec/index.ts';
import { LibvirtDecodeError, type Packet, type Procedure, XdrReader } from '../codec/index.ts';
import { mutate, noise, Random } from './mutate.ts';

/** What reads an answer or a message, by its name. */
type Decoders = ReadonlyMap<string, (reader: XdrReader) => unknown>;

const isProcedure = (value: unknown): value is Procedure<never, unknown> =>
  typeof value === 'object' && value !== null && 'decode' in value && 'encode' in value;

/** Every procedure that the package exports, so that a new one is fuzzed without being named here. */
const exported: readonly unknown[] = Object.values(codec);
const procedures = exported.filter(isProcedure);

const decoders: Decoders = new Map<string, (reader: XdrReader) => unknown>([
  ...procedures.map(({ name, decode }) => [name, decode] as const),
  ...Object.values(codec.eventSources).map(
    ({ procedure }) =>
      [`event ${procedure}`, (reader: XdrReader) => codec.decodeEvent(procedure, reader)] as const,
  ),
  ['readErrorBody', codec.readErrorBody],
]);

/** Longer than any input may take, with room for a busy machine and a collection of garbage. */
const LIMIT_MS = 2000;

/** How often a decoder gave a value and how often it refused, so that a test can see that inputs get past the door. */
export interface FuzzCount {
  readonly decoded: number;
  readonly refused: number;
}

/** @throws when a decoder throws anything but LibvirtDecodeError, or takes too long; with the input */
export function fuzzDecoders(iterations: number, seed: number): ReadonlyMap<string, FuzzCount> {
  const random = new Random(seed);
  const corpus = (['calls', 'events', 'migrate-direct'] as const)
    .flatMap(readCaptured)
    .filter(({ from }) => from === 'daemon')
    .map(({ packet }) => packet);
  const counts = new Map<string, { decoded: number; refused: number }>();
  const attempt = (name: string, decode: () => unknown): void => {
    const count = counts.get(name) ?? { decoded: 0, refused: 0 };
    counts.set(name, count);
    try {
      decode();
      count.decoded += 1;
    } catch (error) {
      if (!(error instanceof LibvirtDecodeError)) throw error;
      count.refused += 1;
    }
  };
  // Most of the time would go into stacks that nobody reads.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (let iteration = 0; iteration < iterations; iteration++) {
      const base = random.pick(corpus);
      const input = random.below(20) === 0 ? noise(random, random.below(120)) : mutate(base.payload, random);
      const started = performance.now();
      try {
        // As the answer to each question, whatever it was the answer to.
        for (const [name, decode] of decoders) attempt(name, () => decode(new XdrReader(input)));
        attempt('PacketSplitter', () => splitChanged(base, random));
      } catch (cause) {
        throw new Error(`input ${iteration}: ${input.toString('hex')}`, { cause });
      }
      const took = performance.now() - started;
      if (took > LIMIT_MS) throw new Error(`input ${iteration} took ${took} ms: ${input.toString('hex')}`);
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return counts;
}

/** A stream of one packet, changed, in pieces. */
function splitChanged(base: Packet, random: Random): void {
  const stream = mutate(codec.encodePacket(base), random);
  const splitter = new codec.PacketSplitter();
  for (let at = 0; at < stream.length; ) {
    const length = 1 + random.below(64);
    splitter.push(stream.subarray(at, at + length));
    at += length;
  }
}

export default {
  name: 'libvirt decoders',
  run(iterations: number, seed: number): void {
    fuzzDecoders(iterations, seed);
  },
};
