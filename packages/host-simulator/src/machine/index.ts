// Machines in memory: slots, cards, and the state of their kernel, with virtual time.
// Never plans and never translates errors for people: it is the world, not the agent.
export { observeMachine } from './observe-machine.ts';
export { type CardSlot, SimulatedMachine } from './simulated-machine.ts';
export {
  hasCarrier,
  pfNetdevName,
  type SimulatedPf,
  type SimulatedVf,
  sriovTotalVfs,
  vfAddress,
  vfOffset,
  vfIommuGroup,
  vfProductId,
  vfRepresentor,
  shownSettings,
} from './simulated-pf.ts';
export type { Uevent } from './uevent.ts';
export { VirtualClock } from './virtual-clock.ts';
