import type { XdrReader } from '../xdr/index.ts';
import { type Domain, readDomain } from './domain.ts';
import { type JobStats, readJobStats } from './job-procedures.ts';
import { type Lifecycle, lifecycleOf } from './lifecycle.ts';
import { nothing, remote } from './procedure.ts';

/** What happened to a domain. Aliases are libvirt's names of devices: "hostdev0", "ua-port1". */
export type DomainEvent = { readonly domain: Domain } & (
  | ({ readonly kind: 'lifecycle' } & Lifecycle)
  | { readonly kind: 'device-added'; readonly alias: string }
  | { readonly kind: 'device-removed'; readonly alias: string }
  /** The guest has refused to let it go. A guest that does not answer is not told of. */
  | { readonly kind: 'device-removal-failed'; readonly alias: string }
  /** A migration goes through the memory once more, for the time `iteration`. */
  | { readonly kind: 'migration-iteration'; readonly iteration: number }
  | { readonly kind: 'job-completed'; readonly stats: JobStats }
  | { readonly kind: 'agent-lifecycle'; readonly state: 'connected' | 'disconnected' | 'unknown' }
);

/** What happened to a device of the machine. */
export type NodeDeviceEvent = { readonly name: string } & (
  | {
      readonly kind: 'node-device-lifecycle';
      readonly event: 'created' | 'deleted' | 'defined' | 'undefined' | 'unknown';
    }
  | { readonly kind: 'node-device-updated' }
);

export type EventKind = DomainEvent['kind'] | NodeDeviceEvent['kind'];

/** One kind of event: how to ask for it, and how it comes. */
interface EventSource {
  /** Whose registration it is. */
  readonly of: 'domain' | 'node-device';
  /** virDomainEventID or virNodeDeviceEventID: what is asked for. */
  readonly eventId: number;
  /** The procedure number of the message (REMOTE_PROC_DOMAIN_EVENT_CALLBACK_…, src/remote/remote_protocol.x). */
  readonly procedure: number;
  /** Null: an event that is newer than this package. */
  readonly decode: (reader: XdrReader) => DomainEvent | NodeDeviceEvent | null;
}

const agentStates = ['unknown', 'connected', 'disconnected'] as const;
const nodeDeviceEvents = ['created', 'deleted', 'defined', 'undefined'] as const;

const withAlias =
  (kind: 'device-added' | 'device-removed' | 'device-removal-failed') =>
  (reader: XdrReader): DomainEvent => ({ kind, domain: readDomain(reader), alias: reader.string() });

/** By kind. Each message starts with the number of the registration, which is one for all domains here. */
export const eventSources: Readonly<Record<EventKind, EventSource>> = {
  lifecycle: {
    of: 'domain',
    eventId: 0,
    procedure: 318,
    decode: (reader) => {
      const domain = readDomain(reader);
      const lifecycle = lifecycleOf(reader.int(), reader.int());
      return lifecycle && { kind: 'lifecycle', domain, ...lifecycle };
    },
  },
  'device-added': { of: 'domain', eventId: 19, procedure: 354, decode: withAlias('device-added') },
  'device-removed': { of: 'domain', eventId: 15, procedure: 333, decode: withAlias('device-removed') },
  'device-removal-failed': {
    of: 'domain',
    eventId: 22,
    procedure: 367,
    decode: withAlias('device-removal-failed'),
  },
  'migration-iteration': {
    of: 'domain',
    eventId: 20,
    procedure: 359,
    decode: (reader) => ({
      kind: 'migration-iteration',
      domain: readDomain(reader),
      iteration: reader.int(),
    }),
  },
  'job-completed': {
    of: 'domain',
    eventId: 21,
    procedure: 363,
    decode: (reader) => ({ kind: 'job-completed', domain: readDomain(reader), stats: readJobStats(reader) }),
  },
  'agent-lifecycle': {
    of: 'domain',
    eventId: 18,
    procedure: 348,
    decode: (reader) => {
      const domain = readDomain(reader);
      const state = agentStates[reader.int()] ?? 'unknown';
      reader.int(); // why: the domain has started, or its channel has opened
      return { kind: 'agent-lifecycle', domain, state };
    },
  },
  'node-device-lifecycle': {
    of: 'node-device',
    eventId: 0,
    procedure: 376,
    decode: (reader) => {
      const name = reader.string();
      const event = nodeDeviceEvents[reader.int()] ?? 'unknown';
      reader.int(); // a detail of which there is none yet
      return { kind: 'node-device-lifecycle', name, event };
    },
  },
  'node-device-updated': {
    of: 'node-device',
    eventId: 1,
    procedure: 377,
    decode: (reader) => ({ kind: 'node-device-updated', name: reader.string() }),
  },
};

/** In the order in which they are registered. */
export const eventKinds = Object.keys(eventSources) as readonly EventKind[];

const byProcedure = new Map(Object.values(eventSources).map((source) => [source.procedure, source]));

/**
 * Decodes a message that nobody asked for. Null: one that this package does not tell of.
 *
 * @throws {LibvirtDecodeError}
 */
export function decodeEvent(procedure: number, reader: XdrReader): DomainEvent | NodeDeviceEvent | null {
  const source = byProcedure.get(procedure);
  if (source === undefined) return null;
  reader.int(); // the registration
  const event = source.decode(reader);
  reader.end();
  return event;
}

interface Registration {
  readonly eventId: number;
}

/** Asks for one kind of event of all domains (one domain could be named). Gives the number to end it by. */
export const registerDomainEvent = remote(
  316,
  'virConnectDomainEventRegisterAny',
  (writer, { eventId }: Registration) => writer.int(eventId).bool(false),
  (reader) => reader.int(),
);

export const deregisterDomainEvent = remote(
  317,
  'virConnectDomainEventDeregisterAny',
  (writer, { callbackId }: { readonly callbackId: number }) => writer.int(callbackId),
  nothing,
);

export const registerNodeDeviceEvent = remote(
  374,
  'virConnectNodeDeviceEventRegisterAny',
  (writer, { eventId }: Registration) => writer.int(eventId).bool(false),
  (reader) => reader.int(),
);

export const deregisterNodeDeviceEvent = remote(
  375,
  'virConnectNodeDeviceEventDeregisterAny',
  (writer, { callbackId }: { readonly callbackId: number }) => writer.int(callbackId),
  nothing,
);
