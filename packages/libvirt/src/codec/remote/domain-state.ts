/**
 * What a domain does and why, in libvirt's words: virDomainState and the enumeration of reasons of each, of
 * include/libvirt/libvirt-domain.h. The place in a list is the number.
 */
export const stateReasons = {
  'no-state': ['unknown'],
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from-snapshot',
    'unpaused',
    'migration-canceled',
    'save-canceled',
    'wakeup',
    'crashed',
    'postcopy',
    'postcopy-failed',
  ],
  blocked: ['unknown'],
  paused: [
    'unknown',
    'user',
    'migration',
    'save',
    'dump',
    'io-error',
    'watchdog',
    'from-snapshot',
    'shutting-down',
    'snapshot',
    'crashed',
    'starting-up',
    'postcopy',
    'postcopy-failed',
  ],
  'shutting-down': ['unknown', 'user'],
  shutoff: [
    'unknown',
    'shutdown',
    'destroyed',
    'crashed',
    'migrated',
    'saved',
    'failed',
    'from-snapshot',
    'daemon',
  ],
  crashed: ['unknown', 'panicked'],
  pmsuspended: ['unknown'],
} as const;

export type DomainStateName = keyof typeof stateReasons;

/** A state with a reason that belongs to it; a reason that is newer than these lists is 'unknown'. */
export type DomainState = {
  [Name in DomainStateName]: {
    readonly state: Name;
    readonly reason: (typeof stateReasons)[Name][number];
  };
}[DomainStateName];

const states = Object.keys(stateReasons) as readonly DomainStateName[];

/** A state that is newer than the list is 'no-state', as libvirt's own client has it. */
export function domainStateOf(state: number, reason: number): DomainState {
  const name = states[state] ?? 'no-state';
  // The two lists belong together by construction, which the compiler cannot follow.
  return { state: name, reason: stateReasons[name][reason] ?? 'unknown' } as DomainState;
}
