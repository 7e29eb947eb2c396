import {
  decodeAcknowledgement,
  decodeDevlinkDevice,
  decodeDevlinkInfo,
  decodeDevlinkPort,
  decodeDevlinkRate,
  decodeDriverInfo,
  decodeEswitch,
  decodeFamily,
  decodeFdbEntry,
  decodeLink,
  decodeLinkEvent,
  decodeRoute,
  decodeUevent,
  NetlinkDecodeError,
  type NetlinkMessage,
  splitMessages,
} from '../codec/index.ts';
import { largeCorpus, smallCorpus } from './corpus.ts';
import { mutate, noise, Random } from './mutate.ts';

/** Each with the type and, of generic netlink, the command it reads, so that mutation does not end at the door. */
const decoders: readonly { decode: (message: NetlinkMessage) => unknown; type: number; command?: number }[] =
  [
    { decode: decodeLink, type: 16 },
    { decode: decodeLinkEvent, type: 17 },
    { decode: decodeRoute, type: 24 },
    { decode: decodeFdbEntry, type: 28 },
    { decode: decodeAcknowledgement, type: 2 },
    { decode: decodeAcknowledgement, type: 3 },
    { decode: decodeFamily, type: 16, command: 1 },
    { decode: decodeDevlinkDevice, type: 20, command: 3 },
    { decode: decodeDevlinkInfo, type: 20, command: 51 },
    { decode: decodeEswitch, type: 20, command: 29 },
    { decode: decodeDevlinkPort, type: 20, command: 7 },
    { decode: decodeDevlinkRate, type: 20, command: 76 },
  ];

/** Longer than any input may take, with room for a busy machine and a collection of garbage. */
const LIMIT_MS = 2000;
const LARGE_ONE_IN = 1000;

/** How often a decoder gave a value and how often it refused, so that a test can see that inputs get past the door. */
export interface FuzzCount {
  readonly decoded: number;
  readonly refused: number;
}

/** @throws when a decoder throws anything but NetlinkDecodeError, or takes too long; with the input */
export function fuzzDecoders(iterations: number, seed: number): ReadonlyMap<string, FuzzCount> {
  const random = new Random(seed);
  const [small, large] = [smallCorpus(), largeCorpus()];
  const counts = new Map<string, { decoded: number; refused: number }>();
  const attempt = (name: string, decode: () => unknown): void => {
    const count = counts.get(name) ?? { decoded: 0, refused: 0 };
    counts.set(name, count);
    try {
      decode();
      count.decoded++;
    } catch (error) {
      if (!(error instanceof NetlinkDecodeError)) throw error;
      count.refused++;
    }
  };
  // Most of the time would go into stacks that nobody reads.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (let iteration = 0; iteration < iterations; iteration++) {
      const input = makeInput(random, small, large);
      const started = performance.now();
      try {
        attempt('decodeUevent', () => decodeUevent(input));
        attempt('decodeDriverInfo', () => decodeDriverInfo(input));
        attempt('splitMessages', () => {
          for (const message of splitMessages(input)) decodeAll(message, attempt);
        });
        // As the payload of each kind of message, whatever its header has become.
        const payload = input.subarray(16);
        decodeAll({ type: 0, flags: random.below(0x400), sequence: 1, portId: 0, payload }, attempt);
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

function makeInput(random: Random, small: readonly Buffer[], large: readonly Buffer[]): Buffer {
  if (random.below(20) === 0) return noise(random, random.below(200));
  const base = random.pick(random.below(LARGE_ONE_IN) === 0 ? large : small);
  const input = mutate(base, random, random.pick(small));
  // Half of them with a header that fits again, so that what is inside is looked at.
  if (input.length >= 16 && random.below(2) === 0) input.writeUInt32LE(input.length);
  return input;
}

function decodeAll(message: NetlinkMessage, attempt: (name: string, decode: () => unknown) => void): void {
  for (const { decode, type, command } of decoders) {
    if (command === undefined) attempt(decode.name, () => decode({ ...message, type }));
    else if (message.payload.length > 0) {
      // The only byte that is put right.
      const payload = Uint8Array.from(message.payload);
      payload[0] = command;
      attempt(decode.name, () => decode({ ...message, type, payload }));
    }
  }
}

export default {
  name: 'netlink decoders',
  run(iterations: number, seed: number): void {
    fuzzDecoders(iterations, seed);
  },
};
