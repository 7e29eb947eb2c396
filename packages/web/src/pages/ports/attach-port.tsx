import { useSignal } from '@preact/signals';
import { ActionDialog, Choice, TextField } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { titleOf } from '../../neutron/index.ts';
import { Explained } from './explained.tsx';
import type { PortDialogProps } from './port-dialog-props.ts';

const SCOPES = [
  { value: 'both', words: 'now, and at each start' },
  { value: 'live', words: 'now, until it is switched off' },
  { value: 'config', words: 'from its next start' },
] as const;

const KINDS_OF_PLUG = [
  { value: 'direct', words: 'direct: a VF for the guest' },
  { value: 'macvtap', words: 'macvtap: a VF that the host drives' },
  { value: 'failover', words: 'failover: a VF, and a virtio interface that stands by' },
] as const;

type KindOfPlug = (typeof KINDS_OF_PLUG)[number]['value'];

export function AttachPort({ fleet, port, onClose }: PortDialogProps) {
  const hosts = [...fleet.hosts.value.keys()].toSorted();
  const hostId = useSignal(port.hostId ?? hosts[0] ?? '');
  const chosen = useSignal('');
  const typed = useSignal('');
  const kind = useSignal<KindOfPlug | ''>('');
  const scope = useSignal<(typeof SCOPES)[number]['value']>('both');
  const detail = hostId.value === '' ? null : fleet.host(hostId.value).value;
  const machines = detail === null || detail instanceof Error ? [] : (detail.document.machines ?? []);
  // A name that the host has not told of can be typed: the controller knows whether there is such a machine.
  const vm = machines.some(({ domainId }) => domainId === chosen.value) ? chosen.value : typed.value.trim();
  const machine = machines.find(({ domainId }) => domainId === vm)?.name ?? vm;
  const asked = kind.value === '' ? null : kind.value;
  return (
    <ActionDialog
      title={`Attach port ${titleOf(port)} to a virtual machine`}
      commands={[
        commandLine(
          'attach',
          machine === '' ? 'VM' : machine,
          '--port',
          port.id,
          '--host',
          hostId.value === '' ? 'HOST' : hostId.value,
          ...(asked === null ? [] : ['--kind', asked]),
          ...(scope.value === 'both' ? [] : ['--scope', scope.value]),
        ),
      ]}
      verb="Attach"
      missing={vm === '' ? 'It needs a virtual machine' : null}
      run={async () => {
        const request = { vm, hostId: hostId.value, kind: asked, scope: scope.value };
        await fleet.client.call('attachPort', { portId: port.id }, request);
      }}
      onClose={onClose}
    >
      <p>
        {port.hostId === null ? `Binds the port to host ${hostId.value}, which` : `Host ${hostId.value}`} sets
        its VF up and plugs it into the virtual machine{machine === '' ? '' : ` ${machine}`}. Nothing else of
        the machine changes.
      </p>
      <Choice
        label="Host"
        value={hostId}
        options={hosts.map((each) => ({ value: each, words: each }))}
        {...(port.hostId === null ? {} : { hint: `The port has a VF of ${port.hostId}` })}
      />
      {machines.length === 0 ? null : (
        <Choice
          label="Virtual machine"
          value={chosen}
          options={[
            { value: '', words: 'choose one' },
            ...machines.map(({ domainId, name, state }) => ({ value: domainId, words: `${name}, ${state}` })),
          ]}
        />
      )}
      {machines.length > 0 ? null : (
        <TextField
          label="Virtual machine"
          value={typed}
          maxLength={255}
          hint={`Host ${hostId.value} has told of none: give its UUID`}
        />
      )}
      <Choice
        label="Kind"
        value={kind}
        options={[{ value: '', words: `as the port says: ${port.vnicType}` }, ...KINDS_OF_PLUG]}
      />
      <Choice label="When" value={scope} options={SCOPES} />
      {port.hostId === null ? <Explained fleet={fleet} portId={port.id} hostId={hostId.value} /> : null}
    </ActionDialog>
  );
}
