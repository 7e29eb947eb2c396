import type { PfLink } from '../pf-link.ts';

const SIGNS: Readonly<Record<PfLink['name'], { readonly sign: string; readonly look: string }>> = {
  up: { sign: '●', look: 'good' },
  'no carrier': { sign: '▽', look: 'bad' },
  down: { sign: '□', look: 'quiet' },
  'not there': { sign: '▲', look: 'bad' },
  unknown: { sign: '▬', look: 'quiet' },
};

/** How a PF stands, as a sign. Its words are beside it. */
export function PfSign({ link }: { readonly link: PfLink }) {
  const { sign, look } = SIGNS[link.name];
  return (
    <span class={look} aria-hidden="true">
      {sign}
    </span>
  );
}
