import { useSignal } from '@preact/signals';
import { ActionDialog, Choice, TextField } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { itemsOf, KINDS, neutronOf, titleOf } from '../../neutron/index.ts';

interface CreatePortProps {
  readonly fleet: Fleet;
  readonly onClose: () => void;
}

const VNIC_TYPES = [
  { value: 'direct', words: 'direct: a VF for the guest' },
  { value: 'macvtap', words: 'macvtap: a VF that the host drives, and may filter' },
  { value: 'direct-physical', words: 'direct-physical: a whole PF' },
  { value: 'normal', words: 'normal: no VF' },
] as const;

const ANY = 'any';

export function CreatePort({ fleet, onClose }: CreatePortProps) {
  const networks = itemsOf(neutronOf(fleet).networks.listed.value);
  /** Where ports are is for administrators. */
  const isAdmin = fleet.viewer.value === 'administrator';
  const hosts = [...fleet.hosts.value.keys()].toSorted();
  const name = useSignal('');
  const networkId = useSignal('');
  const vnicType = useSignal<(typeof VNIC_TYPES)[number]['value']>('direct');
  const hostId = useSignal('');
  /** Made by a try whose binding was refused: the next one does not make another. */
  const madeId = useSignal<string | null>(null);
  const network = networks.find(({ id }) => id === networkId.value);
  const title = name.value.trim();
  const isAny = hostId.value === ANY;
  const host = isAny || hostId.value === '' ? null : hostId.value;

  const run = async (): Promise<void> => {
    const isMade = madeId.value !== null;
    madeId.value ??= (
      await fleet.neutron.create(KINDS.port, {
        network_id: networkId.value,
        'binding:vnic_type': vnicType.value,
        ...(title === '' ? {} : { name: title }),
        ...(host === null ? {} : { 'binding:host_id': host }),
      })
    ).id;
    if (isAny || (isMade && host !== null))
      await fleet.client.call('placePort', { portId: madeId.value }, { hostId: host });
  };
  const create = commandLine(
    'port',
    'create',
    title === '' ? null : title,
    '--network',
    network === undefined ? 'NETWORK' : titleOf(network),
    '--type',
    vnicType.value,
    ...(host === null ? [] : ['--host', host]),
  );
  return (
    <ActionDialog
      title="Create a port"
      commands={isAny ? [create, commandLine('port', 'bind', title === '' ? 'PORT' : title)] : [create]}
      verb="Create"
      missing={networkId.value === '' ? 'It needs a network' : null}
      run={run}
      onClose={onClose}
    >
      <p>{effectOf(hostId.value)}</p>
      <TextField label="Name" value={name} maxLength={255} hint="Empty: it goes by its id" />
      <Choice
        label="Network"
        value={networkId}
        options={[
          { value: '', words: networks.length === 0 ? 'there is none yet' : 'choose one' },
          ...networks.map((each) => ({ value: each.id, words: titleOf(each) })),
        ]}
      />
      <Choice label="Kind" value={vnicType} options={VNIC_TYPES} />
      {isAdmin ? (
        <Choice
          label="Host"
          value={hostId}
          options={[
            { value: '', words: 'none yet' },
            { value: ANY, words: 'whichever has a VF for it' },
            ...hosts.map((each) => ({ value: each, words: each })),
          ]}
        />
      ) : null}
    </ActionDialog>
  );
}

function effectOf(hostId: string): string {
  if (hostId === '') return 'Makes a port. It has no VF before it is bound, and nothing on any host changes.';
  const where = hostId === ANY ? 'whichever host has one for it' : `host ${hostId}`;
  return `Makes a port and gives it a free VF of ${where}, which is set up there at once.`;
}
