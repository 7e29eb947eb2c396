import { Link } from 'wouter-preact';
import type { Fleet } from '../../fleet/index.ts';
import { Age } from '../../look/index.ts';
import { itemsOf, neutronOf, type Port, titleOf } from '../../neutron/index.ts';
import { Fact } from './fact.tsx';

/** What the API says of a port. */
export function PortFacts({ fleet, port }: { readonly fleet: Fleet; readonly port: Port }) {
  const networks = itemsOf(neutronOf(fleet).networks.listed.value);
  const network = networks.find(({ id }) => id === port.networkId);
  const { id, mac, fixedIps, vnicType, vifType, deviceId, projectId, qosPolicyId, vlan } = port;
  return (
    <section class="panel" aria-labelledby="facts">
      <h2 id="facts">Port</h2>
      <dl class="facts">
        <Fact name="Id">{id}</Fact>
        <Fact name="Network">
          {network === undefined ? port.networkId : <Link href="/networks">{titleOf(network)}</Link>}
        </Fact>
        <Fact name="MAC">{mac}</Fact>
        <Fact name="Addresses">{fixedIps.join(', ') || 'none'}</Fact>
        <Fact name="Kind">{vnicType}</Fact>
        <Fact name="Bound as">{vifType ?? 'not shown'}</Fact>
        <Fact name="VLAN">{vlan ?? 'none'}</Fact>
        <Fact name="Used by">{deviceId ?? 'nothing that is known'}</Fact>
        <Fact name="QoS policy">{qosPolicyId ?? 'none'}</Fact>
        <Fact name="Switched">{port.isAdminUp ? 'on' : 'off'}</Fact>
        <Fact name="Project">{projectId ?? 'none'}</Fact>
        <Fact name="Created">{port.createdAt === null ? 'not known' : <Age at={port.createdAt} />}</Fact>
        <Fact name="Changed">{port.updatedAt === null ? 'not known' : <Age at={port.updatedAt} />}</Fact>
      </dl>
      <p class="quiet">
        <code>virtfn port show {id}</code>
      </p>
    </section>
  );
}
