// How a command line speaks with the program that looks after one host: requests and the events that answer them.
// Must never carry anything that was not read from the host; both sides may be of one process or of two.
export type {
  FleetStatusDocument,
  HostProgramEvent,
  MachineDocument,
  MachineInterfaceDocument,
  OwnAttachmentDocument,
} from './event.ts';
export {
  type AttachRequest,
  type DetachRequest,
  type HostConfigEdit,
  type HostRequest,
  HostRequestSchema,
  type VfChanges,
} from './request.ts';
