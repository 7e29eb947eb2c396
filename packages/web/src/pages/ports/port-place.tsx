import type { AttachmentDocument } from '@virtfn/contract';
import { Link } from 'wouter-preact';
import { Empty } from '../../look/index.ts';
import { type Port, titleOf } from '../../neutron/index.ts';
import { hostPath, vfPath } from '../../paths/index.ts';
import { Fact } from './fact.tsx';
import type { PortState } from './port-state.ts';

interface PortPlaceProps {
  readonly port: Port;
  readonly attachment: AttachmentDocument | undefined;
  readonly state: PortState;
}

/** Where a port is: the way from its host to its machine, what its host read back, or why it failed. */
export function PortPlace({ port, attachment, state }: PortPlaceProps) {
  return (
    <section class="panel" aria-labelledby="place">
      <h2 id="place">Where it is</h2>
      {attachment === undefined ? (
        <Empty>
          {state.words}.{port.hostId === null ? '' : ` Its host is ${port.hostId}.`}
        </Empty>
      ) : (
        <Place port={port} attachment={attachment} state={state} />
      )}
    </section>
  );
}

function Place({ port, attachment, state }: PortPlaceProps & { readonly attachment: AttachmentDocument }) {
  const { hostId, pf, vfIndex, pciAddress, vm, reason, physicalNetwork } = attachment;
  return (
    <>
      <ol class="chain" aria-label="From the host to the virtual machine">
        <Node kind="host" name={hostId} href={hostPath(hostId)} />
        <Node kind="PF" name={pf} />
        {vfIndex === null ? null : (
          <Node kind="VF" name={`${vfIndex}: ${pciAddress}`} href={vfPath(hostId, pf, vfIndex)} />
        )}
        <Node kind="port" name={titleOf(port)} />
        {vm === null ? null : <Node kind="VM" name={vm.name ?? vm.domainId} />}
      </ol>
      {reason === null ? null : (
        <div role="alert">
          <p class="bad">
            ▲ {reason.message} <code>{reason.code}</code>
          </p>
          <p>{reason.hint}</p>
        </div>
      )}
      <dl class="facts">
        <Fact name="State">{state.words}</Fact>
        <Fact name="Physical network">{physicalNetwork}</Fact>
        {vm === null ? null : <Fact name="Plugged">{plugWords(vm)}</Fact>}
        <Settings settings={attachment.settings} />
      </dl>
    </>
  );
}

function Settings({ settings }: { readonly settings: AttachmentDocument['settings'] }) {
  if (settings === null) return <Fact name="Read back">nothing yet</Fact>;
  const { adminMac, vlan, spoofCheck, trust, linkState, minTxRateMbps, maxTxRateMbps } = settings;
  return (
    <>
      <Fact name="MAC, read back">{adminMac ?? 'none'}</Fact>
      <Fact name="VLAN, read back">{vlan === null ? 'none' : vlan.id}</Fact>
      <Fact name="Spoof check">{onOff(spoofCheck)}</Fact>
      <Fact name="Trust">{onOff(trust)}</Fact>
      <Fact name="Link state">{linkState}</Fact>
      <Fact name="Rates">
        {minTxRateMbps === null ? 'none assured' : `at least ${minTxRateMbps} Mbit/s`},{' '}
        {maxTxRateMbps === null ? 'no limit' : `at most ${maxTxRateMbps} Mbit/s`}
      </Fact>
    </>
  );
}

const onOff = (isSet: boolean | null): string => (isSet === null ? 'not told' : isSet ? 'on' : 'off');

const SCOPES = {
  live: 'until it is switched off',
  config: 'from its next start',
  both: 'now, and at each start',
} as const;

function plugWords({ scope, standby, move }: NonNullable<AttachmentDocument['vm']>): string {
  const moving = move === null ? '' : `; its machine is ${move}`;
  return `${SCOPES[scope]}${standby ? ', with a standby interface' : ''}${moving}`;
}

interface NodeProps {
  readonly kind: string;
  readonly name: string;
  readonly href?: string;
}

function Node({ kind, name, href }: NodeProps) {
  return (
    <li>
      <span class="node">
        <small>{kind}</small>
        {href === undefined ? name : <Link href={href}>{name}</Link>}
      </span>
    </li>
  );
}
