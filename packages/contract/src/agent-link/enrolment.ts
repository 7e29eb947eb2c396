import { type Static, Type } from 'typebox';
import { textParser } from './parse-text.ts';
import { type Frozen, HostIdText, Nullable } from './schema-parts.ts';

/** Where an agent asks for a certificate: the one path of the link's port that asks for none. */
export const ENROLMENT_PATH = '/virtfn/v1/enrol';

const Pem = Type.String({ maxLength: 16_384 });

const EnrolmentRequestSchema = Type.Object({
  /** The secret of a one-time token; null: the certificate that the agent has speaks for it, which is how it is renewed. */
  secret: Nullable(Type.String({ maxLength: 256 })),
  hostId: HostIdText,
  /** The key to be certified, a P-256 key as PEM (SPKI). That the agent has its other half shows in every handshake. */
  publicKey: Pem,
});

const EnrolmentAnswerSchema = Type.Object({
  /** The agent's certificate, PEM. */
  certificate: Pem,
  /** Who signed it and the controller's own, PEM. */
  ca: Pem,
});

export type EnrolmentRequest = Frozen<Static<typeof EnrolmentRequestSchema>>;
export type EnrolmentAnswer = Frozen<Static<typeof EnrolmentAnswerSchema>>;

/** @throws {SriovError} REQUEST_INVALID */
export const parseEnrolmentRequest: (text: string) => EnrolmentRequest = textParser(
  EnrolmentRequestSchema,
  'the enrolment',
);

/** @throws {SriovError} REQUEST_INVALID */
export const parseEnrolmentAnswer: (text: string) => EnrolmentAnswer = textParser(
  EnrolmentAnswerSchema,
  'the answer to the enrolment',
);
