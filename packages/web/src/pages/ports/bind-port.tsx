import { useSignal } from '@preact/signals';
import { ActionDialog, Choice } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { titleOf } from '../../neutron/index.ts';
import { EveryHostExplained, Explained } from './explained.tsx';
import type { PortDialogProps } from './port-dialog-props.ts';

export function BindPort({ fleet, port, onClose }: PortDialogProps) {
  const chosen = useSignal('');
  const hostId = chosen.value === '' ? null : chosen.value;
  const hosts = [...fleet.hosts.value.keys()].toSorted();
  const portId = port.id;
  return (
    <ActionDialog
      title={`Bind port ${titleOf(port)}`}
      commands={[commandLine('port', 'bind', portId, ...(hostId === null ? [] : ['--host', hostId]))]}
      verb="Bind"
      run={async () => {
        await fleet.client.call('placePort', { portId }, { hostId });
      }}
      onClose={onClose}
    >
      <p>
        Gives the port a free VF of {hostId === null ? 'whichever host has one for it' : `host ${hostId}`},
        which sets it up at once. No other port loses anything.
      </p>
      <Choice
        label="Host"
        value={chosen}
        options={[
          { value: '', words: 'whichever has a VF for it' },
          ...hosts.map((each) => ({ value: each, words: each })),
        ]}
      />
      <Explained fleet={fleet} portId={portId} hostId={hostId} />
      <EveryHostExplained fleet={fleet} portId={portId} />
    </ActionDialog>
  );
}
