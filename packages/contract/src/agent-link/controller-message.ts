import { type Static, Type } from 'typebox';
import { AttachmentRefSchema, DesiredPortSchema, LocalPortSchema } from './desired-port.ts';
import { textParser } from './parse-text.ts';
import { type Ask, AskSchema } from './question.ts';
import { type Frozen, Nullable, Revision, Text } from './schema-parts.ts';
import { type StepsKeptMessage, StepsKeptSchema } from './step-message.ts';

/** What the controller wants of the host: all of it, or what changed since a revision that the agent has. */
const DesiredSchema = Type.Object({
  kind: Type.Literal('desired'),
  revision: Revision,
  /** null: this is the full state. A number: a delta, for an agent that is at this revision. */
  from: Nullable(Revision),
  /** All ports that shall have a VF, or those that are new or changed since `from`. */
  ports: Type.Array(DesiredPortSchema, { maxItems: 65_536 }),
  /**
   * All attachments of which the controller waits to hear that they are released. In a delta every one that left after
   * `from` is among them. The agent says so, again after each connect, until they are no longer listed.
   */
  removed: Type.Array(AttachmentRefSchema, { maxItems: 65_536 }),
  /** All of the host's; null: as they were at `from`. */
  localPorts: Nullable(Type.Array(LocalPortSchema, { maxItems: 65_536 })),
});

/** Why the controller closes the session now. */
const RefusedSchema = Type.Object({
  kind: Type.Literal('refused'),
  code: Text,
  message: Text,
  hint: Text,
});

export type DesiredMessage = Frozen<Static<typeof DesiredSchema>>;
export type RefusedMessage = Frozen<Static<typeof RefusedSchema>>;
export type ControllerMessage = Ask | DesiredMessage | RefusedMessage | StepsKeptMessage;

/** Parses one message of the controller. @throws {SriovError} REQUEST_INVALID */
export const parseControllerMessage: (text: string) => ControllerMessage = textParser(
  Type.Union([DesiredSchema, RefusedSchema, StepsKeptSchema, AskSchema]),
  'the message of the controller',
);
