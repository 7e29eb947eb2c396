// Ports of the controller and of the owner, and the host's own host.yaml, made one: what is wanted of the host, and what became of each port.
// Must never do anything: it says what is wanted, and the reconciler does it. Never loads a parser either, which one-time
// commands would pay for.
export { type FleetView, NO_FLEET } from './fleet-view.ts';
export type { FleetWish } from './fleet-wish.ts';
export { mergePorts, type MergedHost, type PortWish } from './merge-ports.ts';
export { type MemberWanted, outcomesOfMember, wantedOfMember } from './member-wanted.ts';
