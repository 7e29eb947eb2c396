import type { KeptDesired } from '@virtfn/contract/agent-link';

/** What a controller wants of this host, as far as it is known here. */
export type FleetWish =
  /** The host is in no fleet: its host.yaml is all that is wanted of it. */
  | { readonly kind: 'no-fleet' }
  /** The full desired state never came: nothing that the controller may own is changed (invariant 8). */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly kept: KeptDesired };
