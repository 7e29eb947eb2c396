import { type Static, Type } from 'typebox';
import { AttachmentIdText, type Frozen, Nullable, PciAddressText, PortIdText, Text } from './schema-parts.ts';

/** A longer list of steps is told in parts. */
export const MOST_STEPS_AT_ONCE = 500;

const LogId = Type.String({ minLength: 1, maxLength: 64 });
const Place = Type.Integer({ minimum: 0 });

/** One step that was tried on a host. */
const ToldStepSchema = Type.Object({
  /** By the host's clock. */
  at: Type.String({ format: 'date-time', maxLength: 40 }),
  /** The agent by itself, or a person who asked it on the host. */
  cause: Type.Enum(['reconcile', 'request']),
  /** One of the model's, or of a newer agent. */
  action: Type.String({ minLength: 1, maxLength: 64 }),
  /** For people: with what was set. */
  text: Text,
  pf: PciAddressText,
  vfIndex: Nullable(Type.Integer({ minimum: 0, maximum: 65_535 })),
  attachmentId: Nullable(AttachmentIdText),
  portId: Nullable(PortIdText),
  /** null: done, and read back where it is a setting. */
  error: Nullable(Type.Object({ code: Text, message: Text })),
});

/**
 * What was done on the host, in its order. The next message is sent once this one is acknowledged; one that never was is
 * sent again.
 */
export const StepsSchema = Type.Object({
  kind: Type.Literal('steps'),
  /** Of one life of the agent: numbers count from 0 in each. */
  log: LogId,
  /** Number of the first step. */
  first: Place,
  /** How many before it were never told, and never will be: the agent keeps so many only. */
  lost: Place,
  steps: Type.Array(ToldStepSchema, { maxItems: MOST_STEPS_AT_ONCE }),
});

/** The controller has all steps before `next` on disk. */
export const StepsKeptSchema = Type.Object({ kind: Type.Literal('steps-kept'), log: LogId, next: Place });

export type ToldStep = Frozen<Static<typeof ToldStepSchema>>;
export type StepsMessage = Frozen<Static<typeof StepsSchema>>;
export type StepsKeptMessage = Frozen<Static<typeof StepsKeptSchema>>;
