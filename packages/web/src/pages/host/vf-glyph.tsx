import type { VfState } from './vf-state.ts';

/** Each state has a shape of its own: colour alone says nothing to many eyes. */
const SHAPES: Readonly<Record<VfState['name'], string>> = {
  free: 'M3 3h10v10H3z',
  'in use': 'M2 2h12v12H2z',
  'being set up': 'M8 1l7 7-7 7-7-7z',
  failed: 'M8 1.5l7 13H1z',
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

/** What the signs mean. */
export function VfLegend() {
  return (
    <ul class="legend" aria-label="States of VFs">
      {(Object.keys(SHAPES) as VfState['name'][]).map((name) => (
        <li key={name} class="badge">
          <VfGlyph state={name} /> {name}
        </li>
      ))}
    </ul>
  );
}
