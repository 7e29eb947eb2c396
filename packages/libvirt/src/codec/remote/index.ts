// What libvirt can be asked and what it tells: one small file for each part of src/remote/remote_protocol.x (libvirt 9.0;
// numbers are never reused). Must never do anything with what was said, nor know of a socket.
export * from './connect-procedures.ts';
export * from './device-procedures.ts';
export { type Domain, readDomain, writeDomain } from './domain.ts';
export * from './domain-procedures.ts';
export {
  type DomainState,
  domainStateOf,
  type DomainStateName,
  stateReasons,
} from './domain-state.ts';
export { type ErrorBody, readErrorBody } from './error-body.ts';
export { errorCodeOf, type LibvirtErrorCode } from './error-code.ts';
export * from './event.ts';
export * from './flags.ts';
export * from './job-procedures.ts';
export { type Lifecycle, lifecycleDetails, type LifecycleName, lifecycleOf } from './lifecycle.ts';
export * from './migrate-procedures.ts';
export * from './node-device-procedures.ts';
export type { Procedure } from './procedure.ts';
export * from './qemu-procedures.ts';
export { readTypedParam, type TypedParam, writeTypedParam } from './typed-param.ts';
