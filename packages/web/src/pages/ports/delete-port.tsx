import { useLocation } from 'wouter-preact';
import { ActionDialog } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { KINDS, titleOf } from '../../neutron/index.ts';
import type { PortDialogProps } from './port-dialog-props.ts';

export function DeletePort({ fleet, port, onClose }: PortDialogProps) {
  const [, goTo] = useLocation();
  return (
    <ActionDialog
      title={`Delete port ${titleOf(port)}`}
      commands={[commandLine('port', 'delete', port.id)]}
      verb="Delete"
      run={async () => {
        await fleet.neutron.remove(KINDS.port, port.id);
        goTo('/ports');
      }}
      onClose={onClose}
    >
      <p>
        The port is gone for good, and {port.mac} with {port.fixedIps.join(', ') || 'no address'} may be given
        to another.
        {port.hostId === null
          ? ''
          : ` Its VF on host ${port.hostId} is closed and free: whatever uses it there has no network from then on.`}
      </p>
    </ActionDialog>
  );
}
