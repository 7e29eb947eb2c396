import { type Static, type TProperties, Type } from 'typebox';
import { AuditStepView } from './fleet-schemas.ts';
import {
  AttachmentView,
  DriftView,
  FindingView,
  HostSummaryView,
  PhysicalFunctionView,
  VirtualFunctionView,
} from './schemas.ts';

/** The path of the stream, relative to the root of the API. */
export const EVENTS_PATH = '/events';

const Nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);
const Text = Type.String();
const Revision = Type.Integer({ minimum: 0 });

/** What every event has beside its kind and its view. */
const common = {
  /** Of the write that made it; null: of none, it is about time that has passed. */
  revision: Nullable(Revision),
  at: Type.String({ format: 'date-time' }),
  /** What it is about: a host's name, an object's id. */
  id: Text,
  hostId: Nullable(Text),
  projectId: Nullable(Text),
};
const Event = <Kind extends string, Fields extends TProperties>(kind: Kind, fields: Fields) =>
  Type.Object({ kind: Type.Literal(kind), ...common, ...fields });

/** Neutron's objects of which an event shows the document as whoever listens may see it. */
export const SHOWN_OBJECTS = ['network', 'subnet', 'port'] as const;

export const FleetEventView = Type.Union([
  /** A host was reported anew, came or went. `view` null: it is no longer known. */
  Event('host', {
    view: Nullable(
      Type.Object({
        summary: HostSummaryView,
        isAlive: Type.Boolean(),
        /** What differs from the report before; null: look at the host again. */
        changed: Nullable(
          Type.Object({
            pfs: Type.Array(Type.Omit(PhysicalFunctionView, ['vfs'])),
            vfs: Type.Array(Type.Object({ pf: Text, vf: VirtualFunctionView })),
            /** All of it, where it is not what it was. */
            drift: Type.Optional(Type.Array(DriftView)),
            quarantined: Type.Optional(Type.Array(Text)),
          }),
        ),
      }),
    ),
  }),
  /** All findings of a host, when they are not what they were. */
  Event('finding', { view: Type.Object({ findings: Type.Array(FindingView) }) }),
  /** An agent came, went, or was changed by an operator. */
  Event('agent', {
    view: Nullable(Type.Object({ version: Text, isConnected: Type.Boolean(), isAlive: Type.Boolean() })),
  }),
  /** `view` null: the VF was given back. */
  Event('attachment', { view: Nullable(AttachmentView) }),
  Event('step', { view: AuditStepView }),
  /** An object of Neutron's API. `view` null: it is gone. */
  Event('network', { view: Nullable(Type.Record(Text, Type.Unknown())) }),
  Event('subnet', { view: Nullable(Type.Record(Text, Type.Unknown())) }),
  Event('port', { view: Nullable(Type.Record(Text, Type.Unknown())) }),
  /** Any other object: look at it again. `id`: KIND/ID. */
  Event('object', { isGone: Type.Boolean() }),
]);

export const EVENT_KINDS = [
  'host',
  'finding',
  'agent',
  'attachment',
  'step',
  'network',
  'subnet',
  'port',
  'object',
] as const;

/**
 * What a stream says of itself. `reset`: events were missed, everything is to be looked at anew, and what comes from now on
 * is behind `revision`. `resume`: the stream ends, and another one goes on behind `revision`.
 */
export const StreamEventView = Type.Object({ revision: Revision });

export type FleetEvent = Static<typeof FleetEventView>;
export type FleetEventKind = FleetEvent['kind'];
