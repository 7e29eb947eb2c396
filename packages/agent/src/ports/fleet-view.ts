import type { FleetStatusDocument } from '@virtfn/contract';
import type { FleetWish } from './fleet-wish.ts';

/** The fleet that this host is a member of, as far as this host knows. */
export interface FleetView {
  wish(): Promise<FleetWish>;
  status(): Promise<FleetStatusDocument>;
}

/** Of a host that is in none. */
export const NO_FLEET: FleetView = {
  wish: async () => ({ kind: 'no-fleet' }),
  status: async () => ({ kind: 'no-fleet' }),
};
