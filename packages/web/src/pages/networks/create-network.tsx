import type { PhysicalNetworkList } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ActionDialog, Choice, TextField } from '../../actions/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { Problem } from '../../look/index.ts';
import { KINDS } from '../../neutron/index.ts';
import { type NetworkRequest, networkCommands, networkValues, subnetsOf } from './network-request.ts';

interface CreateNetworkProps {
  readonly fleet: Fleet;
  readonly onClose: () => void;
}

type PhysicalNetworks = PhysicalNetworkList['physicalNetworks'];

export function CreateNetwork({ fleet, onClose }: CreateNetworkProps) {
  const name = useSignal('');
  const networkType = useSignal<'vlan' | 'flat'>('vlan');
  const physicalNetwork = useSignal('');
  const vlan = useSignal('');
  const ipv4 = useSignal('');
  const ipv6 = useSignal('');
  const known = useSignal<PhysicalNetworks | SriovError>([]);
  /** Where frames go is for administrators: to a member the controller gives a free VLAN. */
  const choosesWire = fleet.viewer.value === 'administrator';
  useEffect(() => {
    if (!choosesWire) return;
    fleet.client.call('listPhysicalNetworks', {}, null).then(
      (answer) => (known.value = answer.physicalNetworks),
      (thrown: unknown) => (known.value = toSriovError(thrown)),
    );
  }, []);
  // What was made stays made when what comes after it is refused: the next try goes on from there.
  const made = useRef<{ id: string | null; readonly cidrs: Set<string> }>({ id: null, cidrs: new Set() });

  const request: NetworkRequest = {
    name: name.value.trim(),
    networkType: networkType.value,
    physicalNetwork: physicalNetwork.value === '' ? null : physicalNetwork.value,
    vlan: vlan.value.trim() === '' || networkType.value === 'flat' ? null : Number(vlan.value),
    cidrs: [ipv4.value.trim(), ipv6.value.trim()].filter((cidr) => cidr !== ''),
  };
  const run = async (): Promise<void> => {
    const { neutron } = fleet;
    made.current.id ??= (await neutron.create(KINDS.network, networkValues(request))).id;
    for (const subnet of subnetsOf(request)) {
      if (made.current.cidrs.has(subnet.cidr)) continue;
      await neutron.create(KINDS.subnet, { ...subnet, network_id: made.current.id });
      made.current.cidrs.add(subnet.cidr);
    }
  };
  return (
    <ActionDialog
      title="Create a network"
      commands={networkCommands(request)}
      verb="Create"
      missing={missingOf(request)}
      run={run}
      onClose={onClose}
    >
      <p>Makes a network for ports. Nothing on any host changes before a port of it is bound there.</p>
      <TextField label="Name" value={name} required maxLength={255} />
      {choosesWire ? (
        <>
          <Choice
            label="Type"
            value={networkType}
            options={[
              { value: 'vlan', words: 'VLAN: the card tags its frames' },
              { value: 'flat', words: 'flat: without a tag' },
            ]}
          />
          <Choice
            label="Physical network"
            value={physicalNetwork}
            options={[
              { value: '', words: networkType.value === 'flat' ? 'choose one' : 'any with a free VLAN' },
              ...(known.value instanceof Error ? [] : known.value.map(optionOf)),
            ]}
          />
          {known.value instanceof Error ? <Problem error={known.value} /> : null}
          {networkType.value === 'flat' ? null : (
            <TextField
              label="VLAN"
              value={vlan}
              inputMode="numeric"
              pattern="[0-9]{1,4}"
              title="A number from 1 to 4094"
              hint="Empty: a free one is chosen"
            />
          )}
        </>
      ) : null}
      <TextField label="IPv4 addresses" value={ipv4} placeholder="10.0.0.0/24" hint="Empty: none" />
      <TextField label="IPv6 addresses" value={ipv6} placeholder="fd00::/64" hint="Empty: none" />
    </ActionDialog>
  );
}

function optionOf({ physicalNetwork, vlanRanges }: PhysicalNetworks[number]) {
  const vlans = vlanRanges.map(({ first, last }) => `${first}-${last}`).join(', ');
  return { value: physicalNetwork, words: `${physicalNetwork}${vlans === '' ? '' : `: VLANs ${vlans}`}` };
}

function missingOf({ name, networkType, physicalNetwork, vlan }: NetworkRequest): string | null {
  if (name === '') return 'It needs a name';
  if (physicalNetwork !== null) return null;
  if (networkType === 'flat') return 'A flat network needs its physical network';
  return vlan === null ? null : 'A VLAN is one of a physical network';
}
