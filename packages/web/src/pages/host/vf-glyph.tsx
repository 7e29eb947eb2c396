import type { VfState } from './vf-state.ts';

/** Each state has a shape of its own: colour alone says nothing to many eyes. */
const SHAPES: Readonly<Record<VfState['name'], string>> = {
  free: 'M3 3h10v10H3z',
  'in use': 'M2 2h12v12H2z',
  'being set up': 'M8 1l7 7-7 7-7-7z',
  failed: 'M8 1.5l7 13H1z',
  quarantined: 'M5 1.5h6l3.5 3.5v6L11 14.5H5L1.5 11V5zM5 8h6',
  held: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z',
  unknown: 'M3 7h10v2H3z',
};

/** A VF as one sign of 16 pixels. */
export function VfGlyph({ state }: { readonly state: VfState['name'] }) {
  return (
    <svg
      class={`vf ${state.replaceAll(' ', '-')}`}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path d={SHAPES[state]} />
    </svg>
  );
}

interface VfLegendProps {
  /** All VFs, by how they stand. */
  readonly counts: ReadonlyMap<VfState['name'], readonly unknown[]>;
}

/** What the signs mean, and how many VFs have each. */
export function VfLegend({ counts }: VfLegendProps) {
  return (
    <ul class="legend" aria-label="States of VFs">
      {(Object.keys(SHAPES) as VfState['name'][]).map((name) => (
        <li key={name} class="badge">
          <VfGlyph state={name} /> {name} <span class="count">{counts.get(name)?.length ?? 0}</span>
        </li>
      ))}
    </ul>
  );
}
