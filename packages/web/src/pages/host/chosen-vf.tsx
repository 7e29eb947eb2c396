import type { AttachmentDocument, HostDocument } from '@virtfn/contract';
import { vfState } from './vf-state.ts';

type PfDocument = HostDocument['pfs'][number];

interface ChosenVfProps {
  readonly hostId: string;
  readonly isAlive: boolean;
  readonly pf: PfDocument;
  readonly vf: PfDocument['vfs'][number];
  readonly attachment: AttachmentDocument | undefined;
}

/** The VF that is looked at: the way from its host to its machine, and what the kernel says of it. */
export function ChosenVf({ hostId, isAlive, pf, vf, attachment }: ChosenVfProps) {
  const state = vfState(vf, attachment, isAlive);
  const { settings } = vf;
  return (
    <section class="panel" aria-labelledby="chosen">
      <h2 id="chosen">
        VF {vf.vfIndex} of {pf.netdevName ?? pf.pciAddress}
      </h2>
      <ol class="chain" aria-label="From the host to the virtual machine">
        <Node kind="host" name={hostId} />
        <Node kind="PF" name={pf.netdevName ?? pf.pciAddress} />
        <Node kind="VF" name={vf.pciAddress} />
        {attachment === undefined ? null : <Node kind="port" name={attachment.portId} />}
        {attachment?.vm ? <Node kind="VM" name={attachment.vm.name ?? attachment.vm.domainId} /> : null}
      </ol>
      <dl class="facts">
        <Fact name="State" value={state.words} />
        <Fact name="Driver" value={vf.driver ?? 'none'} />
        <Fact name="Interface" value={vf.netdevName ?? 'none on the host'} />
        <Fact name="MAC" value={settings?.adminMac ?? 'not set'} />
        <Fact name="VLAN" value={settings?.vlan ? String(settings.vlan.id) : 'none'} />
        <Fact name="Spoof check" value={settings?.spoofCheck === true ? 'on' : 'off'} />
        <Fact name="Trust" value={settings?.trust === true ? 'on' : 'off'} />
        <Fact name="Link state" value={settings?.linkState ?? 'not told by its driver'} />
      </dl>
      <p class="quiet">
        <code>
          virtfn vf list --fleet --host {hostId} --pf {pf.pciAddress}
        </code>
      </p>
    </section>
  );
}

function Node({ kind, name }: { readonly kind: string; readonly name: string }) {
  return (
    <li>
      <span class="node">
        <small>{kind}</small>
        {name}
      </span>
    </li>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
