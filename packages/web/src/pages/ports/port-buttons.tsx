import type { AttachmentDocument } from '@virtfn/contract';
import { Action } from '../../actions/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import type { Port } from '../../neutron/index.ts';
import { AttachPort } from './attach-port.tsx';
import { BindPort } from './bind-port.tsx';
import { DeletePort } from './delete-port.tsx';
import { DetachPort } from './detach-port.tsx';
import { MigrateMachine } from './migrate-machine.tsx';
import { portActions } from './port-actions.ts';
import { UnbindPort } from './unbind-port.tsx';

interface PortButtonsProps {
  readonly fleet: Fleet;
  readonly port: Port;
  readonly attachment: AttachmentDocument | undefined;
}

const NOTHING: ReturnType<typeof portActions> = new Set();

/** What can be done with a port as it stands. */
export function PortButtons({ fleet, port, attachment }: PortButtonsProps) {
  const can = fleet.mayWrite.value
    ? portActions(port, attachment, fleet.viewer.value === 'administrator')
    : NOTHING;
  const vm = attachment?.vm ?? null;
  const ofPort = { fleet, port };
  return (
    <>
      {can.has('bind') ? (
        <Action name="Bind">{(onClose) => <BindPort {...ofPort} onClose={onClose} />}</Action>
      ) : null}
      {can.has('attach') ? (
        <Action name="Attach">{(onClose) => <AttachPort {...ofPort} onClose={onClose} />}</Action>
      ) : null}
      {can.has('unbind') ? (
        <Action name="Unbind">{(onClose) => <UnbindPort {...ofPort} onClose={onClose} />}</Action>
      ) : null}
      {attachment !== undefined && vm !== null && can.has('detach') ? (
        <>
          <Action name="Detach">
            {(onClose) => <DetachPort {...ofPort} attachment={attachment} vm={vm} onClose={onClose} />}
          </Action>
          <Action name="Migrate">
            {(onClose) => <MigrateMachine {...ofPort} attachment={attachment} vm={vm} onClose={onClose} />}
          </Action>
        </>
      ) : null}
      {can.has('delete') ? (
        <Action name="Delete">{(onClose) => <DeletePort {...ofPort} onClose={onClose} />}</Action>
      ) : null}
    </>
  );
}
