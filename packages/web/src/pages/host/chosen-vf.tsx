import { useEffect, useRef } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { commandLine } from '../../command-line/index.ts';
import type { StandingPf, StandingVf, VfDocument } from './standing.ts';
import { VfGlyph } from './vf-glyph.tsx';

interface ChosenVfProps {
  readonly hostId: string;
  readonly pf: StandingPf;
  readonly standing: StandingVf;
  /** Whether the host answers by itself, and no controller. */
  readonly isAlone: boolean;
}

/** The VF that is looked at: the way from its host to its machine, and what the kernel says of it. */
export function ChosenVf({
  hostId,
  pf,
  standing: { vfIndex, pciAddress, vf, attachment, state },
  isAlone,
}: ChosenVfProps) {
  const pfName = pf.pf?.netdevName ?? pf.pciAddress;
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone it is not beside what was chosen.
    if (matchMedia('(pointer: coarse)').matches) section.current?.scrollIntoView({ block: 'nearest' });
  }, [pf.pciAddress, vfIndex]);
  return (
    <section ref={section} class="panel" aria-labelledby="chosen">
      <h2 id="chosen">
        VF {vfIndex} of {pfName}
      </h2>
      <p class="badge">
        <VfGlyph state={state.name} /> {state.words}
      </p>
      <ol class="chain" aria-label="From the host to the virtual machine">
        <Node kind="host" name={hostId} />
        <Node kind="PF" name={pfName} />
        <Node kind="VF" name={pciAddress} />
        {attachment === undefined ? null : (
          <Node kind="port" name={attachment.portId} href={`/ports/${attachment.portId}`} />
        )}
        {attachment?.vm ? <Node kind="VM" name={attachment.vm.name ?? attachment.vm.domainId} /> : null}
      </ol>
      {vf === null ? null : <Facts {...vf} />}
      <p class="quiet">
        <code>
          {isAlone
            ? commandLine('vf', 'show', pfName, String(vfIndex))
            : commandLine('vf', 'list', pf.pciAddress, '--fleet', '--host', hostId)}
        </code>
      </p>
    </section>
  );
}

function Facts({ driver, netdevName, settings }: VfDocument) {
  return (
    <dl class="facts">
      <Fact name="Driver" value={driver ?? 'none'} />
      <Fact name="Interface" value={netdevName ?? 'none on the host'} />
      <Fact name="MAC" value={settings?.adminMac ?? 'not set'} />
      <Fact name="VLAN" value={settings?.vlan ? String(settings.vlan.id) : 'none'} />
      <Fact name="Spoof check" value={onOff(settings?.spoofCheck)} />
      <Fact name="Trust" value={onOff(settings?.trust)} />
      <Fact name="Link state" value={settings?.linkState ?? 'not told by its driver'} />
    </dl>
  );
}

const onOff = (isSet: boolean | null | undefined): string =>
  isSet === undefined || isSet === null ? 'not told' : isSet ? 'on' : 'off';

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

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
