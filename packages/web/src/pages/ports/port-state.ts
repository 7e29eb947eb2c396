import type { AttachmentDocument } from '@virtfn/contract';
import type { Port } from '../../neutron/index.ts';

/** How a port stands, for the eye. */
export interface PortState {
  readonly name: 'active' | 'being set up' | 'failed' | 'not bound' | 'off' | 'down' | 'unknown';
  /** Said in full where it is the one that is looked at. */
  readonly words: string;
}

/** From the port and the VF that it has. @param attachment undefined: none, or not shown to whoever asks */
export function portState(port: Port, attachment: AttachmentDocument | undefined): PortState {
  if (port.vifType === 'binding_failed')
    return { name: 'failed', words: 'It could not be bound: no VF of its host is for it' };
  if (attachment?.state === 'unknown') return { name: 'unknown', words: 'The agent of its host is gone' };
  if (attachment?.state === 'failed') {
    const { reason } = attachment;
    return { name: 'failed', words: reason === null ? 'Its host could not set it up' : reason.message };
  }
  switch (port.status) {
    case 'ERROR':
      return { name: 'failed', words: 'Its host could not set it up' };
    case 'ACTIVE':
      return { name: 'active', words: 'Set up by its host, and read back' };
    case 'BUILD':
      return { name: 'being set up', words: 'Being set up' };
    default:
  }
  if (!port.isAdminUp) return { name: 'off', words: 'Switched off by its owner' };
  if (port.vifType === 'unbound') return { name: 'not bound', words: 'Bound to no host' };
  if (attachment !== undefined) return { name: 'being set up', words: 'Being set up' };
  return { name: 'down', words: 'Down' };
}
