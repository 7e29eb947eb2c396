/**
 * What became of a domain, in libvirt's words: virDomainEventType and the enumeration of details of each, of
 * include/libvirt/libvirt-domain.h. The place in a list is the number.
 */
export const lifecycleDetails = {
  defined: ['added', 'updated', 'renamed', 'from-snapshot'],
  undefined: ['removed', 'renamed'],
  started: ['booted', 'migrated', 'restored', 'from-snapshot', 'wakeup'],
  suspended: [
    'paused',
    'migrated',
    'io-error',
    'watchdog',
    'restored',
    'from-snapshot',
    'api-error',
    'postcopy',
    'postcopy-failed',
  ],
  resumed: ['unpaused', 'migrated', 'from-snapshot', 'postcopy', 'postcopy-failed'],
  stopped: ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot'],
  shutdown: ['finished', 'guest', 'host'],
  pmsuspended: ['memory', 'disk'],
  crashed: ['panicked', 'crashloaded'],
} as const;

export type LifecycleName = keyof typeof lifecycleDetails;

/** An event with a detail that belongs to it; a detail that is newer than these lists is 'unknown'. */
export type Lifecycle = {
  [Name in LifecycleName]: {
    readonly event: Name;
    readonly detail: (typeof lifecycleDetails)[Name][number] | 'unknown';
  };
}[LifecycleName];

const events = Object.keys(lifecycleDetails) as readonly LifecycleName[];

/** Null: an event that is newer than the list. */
export function lifecycleOf(event: number, detail: number): Lifecycle | null {
  const name = events[event];
  if (name === undefined) return null;
  // The two lists belong together by construction, which the compiler cannot follow.
  return { event: name, detail: lifecycleDetails[name][detail] ?? 'unknown' } as Lifecycle;
}
