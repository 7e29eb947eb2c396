// Virtual machines as libvirt knows them (it calls them domains), and the plan that plugs ports into them.
// Must never know how a domain is written down or spoken of on a wire.
export {
  type DomainId,
  type DomainState,
  findDomain,
  isActive,
  type ObservedDomain,
  parseDomainId,
} from './domain.ts';
export {
  type DomainInterface,
  type InterfaceRole,
  type InterfaceSource,
  interfaceAlias,
  isSameInterface,
  type ObservedInterface,
  ownerOfAlias,
  type Teaming,
} from './domain-interface.ts';
export { type DomainScope, type DomainStep, describeDomainStep } from './domain-step.ts';
export {
  canMove,
  type DomainPlan,
  type DomainPlanInput,
  type DomainRefusal,
  planDomains,
} from './plan-domains.ts';
export type {
  Arrival,
  Bridge,
  Move,
  PlugPlace,
  PlugScope,
  PortKind,
  WantedInterface,
} from './wanted-interface.ts';
export { type MovedInterface, movedInterface } from './moved-interface.ts';
