import { type Static, Type } from 'typebox';
import { AttachmentRefSchema, DesiredPortSchema, LocalPortSchema } from './desired-port.ts';
import { textParser } from './parse-text.ts';
import { type Frozen, Revision } from './schema-parts.ts';

/** What the controller wants of a host, as the agent keeps it on disk to do without the controller. */
const KeptDesiredSchema = Type.Object({
  revision: Revision,
  ports: Type.Array(DesiredPortSchema),
  removed: Type.Array(AttachmentRefSchema),
  localPorts: Type.Array(LocalPortSchema),
});

export type KeptDesired = Frozen<Static<typeof KeptDesiredSchema>>;

/** Parses what an agent wrote down. @throws {SriovError} REQUEST_INVALID */
export const parseKeptDesired: (text: string) => KeptDesired = textParser(
  KeptDesiredSchema,
  'the desired state that was kept',
);
