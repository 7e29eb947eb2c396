import { type Static, Type } from 'typebox';
import { MigrationUriText } from '../migration-uri.ts';
import { HostView } from '../v1/index.ts';
import { textParser } from './parse-text.ts';
import {
  AttachmentIdText,
  type Frozen,
  HostIdText,
  MacAddressText,
  Nullable,
  PortIdText,
  Revision,
  Text,
  VlanId,
} from './schema-parts.ts';
import { preparedPlace } from './desired-port.ts';
import { AnswerSchema } from './question.ts';
import { StepsSchema } from './step-message.ts';

const Mbps = Nullable(Type.Integer({ minimum: 0 }));

const VfSettingsSchema = Type.Object({
  adminMac: Nullable(MacAddressText),
  vlan: Nullable(
    Type.Object({
      id: VlanId,
      qos: Type.Integer({ minimum: 0, maximum: 7 }),
      proto: Type.Union([Type.Literal('802.1q'), Type.Literal('802.1ad')]),
    }),
  ),
  spoofCheck: Nullable(Type.Boolean()),
  trust: Nullable(Type.Boolean()),
  linkState: Type.Union([Type.Literal('auto'), Type.Literal('enable'), Type.Literal('disable')]),
  minTxRateMbps: Mbps,
  maxTxRateMbps: Mbps,
});

const attachment = { portId: PortIdText, attachmentId: AttachmentIdText } as const;

const PortOutcomeSchema = Type.Union([
  /** The kernel shows what the port asks for. `settings`: as read back; null for a whole PF. */
  Type.Object({ kind: Type.Literal('configured'), ...attachment, settings: Nullable(VfSettingsSchema) }),
  /** It does not, and will not without help. `code`: one of ours, or of a newer agent. */
  Type.Object({
    kind: Type.Literal('failed'),
    ...attachment,
    code: Text,
    message: Text,
    hint: Text,
    /** Of a port whose machine is to come: whether it runs here already, and cannot go back. Absent: it does not. */
    hasArrived: Type.Optional(Type.Boolean()),
  }),
  /** The host is ready for a machine that comes: `uri` is where its libvirt takes machines. */
  Type.Object({ kind: Type.Literal('prepared'), ...attachment, uri: MigrationUriText, ...preparedPlace }),
  /** Nothing of the attachment is left on the host. */
  Type.Object({ kind: Type.Literal('released'), ...attachment }),
]);

/**
 * The first message of a session. `revision`: of the desired state that the agent has kept; null for none. `answers`:
 * which questions it knows; others would end the session.
 */
const HelloSchema = Type.Object({
  kind: Type.Literal('hello'),
  protocol: Type.Integer(),
  hostId: HostIdText,
  bootId: Text,
  version: Text,
  revision: Nullable(Revision),
  answers: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 })),
});

/** The host as it was read last. Sent at the start of a session, and when it has changed. */
const ReportSchema = Type.Object({ kind: Type.Literal('report'), host: HostView });

const AgentMessageSchema = Type.Union([
  HelloSchema,
  ReportSchema,
  /** What became of ports: all of them at the start of a session, then those that changed. */
  Type.Object({
    kind: Type.Literal('outcomes'),
    outcomes: Type.Array(PortOutcomeSchema, { maxItems: 65_536 }),
  }),
  StepsSchema,
  AnswerSchema,
  /** The agent is not at the revision that a delta builds on: it needs the full state. */
  Type.Object({ kind: Type.Literal('resync') }),
]);

export type PortOutcome = Frozen<Static<typeof PortOutcomeSchema>>;
export type Hello = Frozen<Static<typeof HelloSchema>>;
export type ReportMessage = Static<typeof ReportSchema>;
export type AgentMessage = Frozen<Static<typeof AgentMessageSchema>>;

/** Parses one message of an agent. @throws {SriovError} REQUEST_INVALID */
export const parseAgentMessage: (text: string) => AgentMessage = textParser(
  AgentMessageSchema,
  'the message of the agent',
);
