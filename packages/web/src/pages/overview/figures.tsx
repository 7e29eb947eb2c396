import type { ComponentChildren } from 'preact';
import type { FleetFigures } from './fleet-figures.ts';

/** A fleet at a glance. */
export function Figures({ alive, gone, nics, pfs, vfs, possible, findings }: FleetFigures) {
  return (
    <dl class="figures">
      <Figure name="Hosts" value={alive + gone}>
        {gone === 0 ? <small>all alive</small> : <strong class="bad">▲ {gone} gone</strong>}
      </Figure>
      <Figure name="Cards" value={nics}>
        <small>
          {pfs} PFs, {possible} VFs possible
        </small>
      </Figure>
      <Figure name="VFs free" value={vfs.free}>
        {vfs.unknown === 0 ? null : <small>▬ {vfs.unknown} unknown</small>}
      </Figure>
      <Figure name="VFs in use" value={vfs.inUse} />
      <Figure name="VFs quarantined" value={vfs.quarantined}>
        {vfs.quarantined === 0 ? null : <strong class="bad">▲</strong>}
      </Figure>
      <Figure name="Findings" value={findings} />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: number;
  /** What there is to say to it. */
  readonly children?: ComponentChildren;
}

function Figure({ name, value, children }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} {children}
      </dd>
    </div>
  );
}
