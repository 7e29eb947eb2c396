import { ActionDialog } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { titleOf } from '../../neutron/index.ts';
import type { MachineDialogProps } from './port-dialog-props.ts';

export function DetachPort({ fleet, port, attachment, vm, onClose }: MachineDialogProps) {
  const machine = vm.name ?? vm.domainId;
  return (
    <ActionDialog
      title={`Detach port ${titleOf(port)}`}
      commands={[commandLine('detach', machine, '--port', port.id)]}
      verb="Detach"
      run={async () => {
        await fleet.client.call('detachPort', { portId: port.id }, {});
      }}
      onClose={onClose}
    >
      <p>
        Takes the port out of virtual machine {machine} on host {attachment.hostId}, which has no network by
        it from then on. The host closes the VF as soon as the guest has let go of it.
      </p>
    </ActionDialog>
  );
}
