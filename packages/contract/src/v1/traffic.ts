import { type Static, Type } from 'typebox';

/** 64 bits: more than a JSON number holds exactly. Decimal. */
const Counter = Type.String({ pattern: '^\\d{1,20}$' });

const counters = {
  /** `rx`: what the interface or the VF has received. */
  rxBytes: Counter,
  txBytes: Counter,
  rxPackets: Counter,
  txPackets: Counter,
  rxDropped: Counter,
  txDropped: Counter,
};

/** What the PFs of a host and their VFs have passed since they began to count. */
export const TrafficView = Type.Object({
  pfs: Type.Array(
    Type.Object({
      pf: Type.String({ maxLength: 255 }),
      /** When it was read, by the host's clock. */
      readAt: Type.String({ format: 'date-time', maxLength: 40 }),
      /** How long ago that was when it was told, milliseconds. */
      ageMs: Type.Number({ minimum: 0 }),
      /** The same moment by a clock that nobody sets: rates are between two of these. Milliseconds since the agent began. */
      clockMs: Type.Number({ minimum: 0 }),
      /** Of the PF's own interface. With some drivers what its VFs pass is in it, with others not. */
      own: Type.Object(counters),
      /** Those that are counted. Of the others nobody knows what they pass. */
      vfs: Type.Array(
        Type.Object({
          vfIndex: Type.Integer({ minimum: 0, maximum: 65_535 }),
          /** `interface`: the card does not tell of its VFs, but this one has an interface on the host. */
          countedBy: Type.Enum(['card', 'interface']),
          ...counters,
        }),
        { maxItems: 65_536 },
      ),
    }),
    { maxItems: 1024 },
  ),
});

export type TrafficDocument = Static<typeof TrafficView>;
