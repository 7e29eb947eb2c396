import type { AttachmentDocument } from '@virtfn/contract';
import type { Fleet } from '../../fleet/index.ts';
import type { Port } from '../../neutron/index.ts';

/** What every dialog about one port is given. */
export interface PortDialogProps {
  readonly fleet: Fleet;
  readonly port: Port;
  readonly onClose: () => void;
}

/** A dialog about a port that is in a virtual machine. */
export interface MachineDialogProps extends PortDialogProps {
  readonly attachment: AttachmentDocument;
  readonly vm: NonNullable<AttachmentDocument['vm']>;
}
