import { ActionDialog } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { KINDS, titleOf } from '../../neutron/index.ts';
import type { PortDialogProps } from './port-dialog-props.ts';

export function UnbindPort({ fleet, port, onClose }: PortDialogProps) {
  return (
    <ActionDialog
      title={`Unbind port ${titleOf(port)}`}
      commands={[commandLine('port', 'unbind', port.id)]}
      verb="Unbind"
      run={async () => {
        await fleet.neutron.update(KINDS.port, port.id, { 'binding:host_id': '', 'binding:profile': {} });
      }}
      onClose={onClose}
    >
      <p>
        Takes the port’s VF back{port.hostId === null ? '' : ` on host ${port.hostId}`}: it is closed, and
        free for another port. Whatever uses it there has no network from then on. The port stays, with its
        MAC and its addresses.
      </p>
    </ActionDialog>
  );
}
