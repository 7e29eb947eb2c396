import {
  type Domain,
  type DomainState,
  domainStateOf,
  type DomainStateName,
  type Lifecycle,
  lifecycleOf,
} from '../codec/index.ts';

/** A line of `virsh list --uuid --id --name`: "6695eb01-… 1 test", with "-" for no ID. Null: no such line. */
export function parseListLine(line: string): Domain | null {
  const [, uuid, id, name] = /^([0-9a-f-]{36}) (-|\d+) (.+)$/.exec(line) ?? [];
  if (uuid === undefined || name === undefined) return null;
  return { name, uuid, id: id === '-' ? null : Number(id) };
}

// The words below are virsh's own tables (tools/virsh-domain-monitor.c and tools/virsh-domain-event.c of libvirt 9.0), in the
// order of the enumerations that the protocol numbers, so that both ways give the same words of ours.

const stateWords: Readonly<Record<DomainStateName, readonly [string, ...string[]]>> = {
  'no-state': ['no state', 'unknown'],
  running: [
    'running',
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from snapshot',
    'unpaused',
    'migration canceled',
    'save canceled',
    'event wakeup',
    'crashed',
    'post-copy',
    'post-copy failed',
  ],
  blocked: ['idle', 'unknown'],
  paused: [
    'paused',
    'unknown',
    'user',
    'migrating',
    'saving',
    'dumping',
    'I/O error',
    'watchdog',
    'from snapshot',
    'shutting down',
    'creating snapshot',
    'crashed',
    'starting up',
    'post-copy',
    'post-copy failed',
  ],
  'shutting-down': ['in shutdown', 'unknown', 'user'],
  shutoff: [
    'shut off',
    'unknown',
    'shutdown',
    'destroyed',
    'crashed',
    'migrated',
    'saved',
    'failed',
    'from snapshot',
    'daemon',
  ],
  crashed: ['crashed', 'unknown', 'panicked'],
  pmsuspended: ['pmsuspended', 'unknown'],
};
const states = Object.values(stateWords);

/** Parses `virsh domstate --reason`: "paused (user)". Words it does not know are no state, and a reason unknown. */
export function parseState(output: string): DomainState {
  const [, word = '', why = ''] = /^(.*?)(?: \((.*)\))?$/.exec(output.trim()) ?? [];
  const state = states.findIndex(([name]) => name === word);
  const words: readonly string[] = states[state] ?? [];
  return domainStateOf(state, words.indexOf(why, 1) - 1);
}

const eventWords: readonly (readonly [string, ...string[]])[] = [
  ['Defined', 'Added', 'Updated', 'Renamed', 'Snapshot'],
  ['Undefined', 'Removed', 'Renamed'],
  ['Started', 'Booted', 'Migrated', 'Restored', 'Snapshot', 'Event wakeup'],
  [
    'Suspended',
    'Paused',
    'Migrated',
    'I/O Error',
    'Watchdog',
    'Restored',
    'Snapshot',
    'API error',
    'Post-copy',
    'Post-copy Error',
  ],
  ['Resumed', 'Unpaused', 'Migrated', 'Snapshot', 'Post-copy', 'Post-copy Error'],
  ['Stopped', 'Shutdown', 'Destroyed', 'Crashed', 'Migrated', 'Saved', 'Failed', 'Snapshot'],
  ['Shutdown', 'Finished', 'Finished after guest request', 'Finished after host request'],
  ['PMSuspended', 'Memory', 'Disk'],
  ['Crashed', 'Panicked', 'Crashloaded'],
];

/** An event as virsh prints it: the domain by its name alone. */
export type PrintedEvent = { readonly domainName: string } & (
  | ({ readonly kind: 'lifecycle' } & Lifecycle)
  | { readonly kind: 'device-added' | 'device-removed' | 'device-removal-failed'; readonly alias: string }
);

/** Parses a line of `virsh event --loop`. Null: an event that is not told of, or a line inside of one. */
export function parseEventLine(line: string): PrintedEvent | null {
  const [, kind, domainName, what] = /^event '([a-z-]+)' for domain '(.*)': (.*)$/.exec(line) ?? [];
  if (domainName === undefined || what === undefined) return null;
  switch (kind) {
    case 'device-added':
    case 'device-removed':
    case 'device-removal-failed':
      return { kind, domainName, alias: what };
    case 'lifecycle': {
      const event = eventWords.findIndex(([word]) => what === word || what.startsWith(`${word} `));
      const words = eventWords[event] ?? [''];
      const detail = words.indexOf(what.slice(words[0].length + 1), 1) - 1;
      const lifecycle = lifecycleOf(event, detail);
      return lifecycle && { kind, domainName, ...lifecycle };
    }
    default:
      return null;
  }
}
