import type { PortState } from './port-state.ts';

/** Each state has a sign of its own: colour alone says nothing to many eyes. */
const SIGNS: Readonly<Record<PortState['name'], { readonly sign: string; readonly look: string }>> = {
  active: { sign: '●', look: 'good' },
  'being set up': { sign: '◆', look: 'busy' },
  failed: { sign: '▲', look: 'bad' },
  'not bound': { sign: '○', look: 'quiet' },
  off: { sign: '□', look: 'quiet' },
  down: { sign: '▽', look: 'quiet' },
  unknown: { sign: '▬', look: 'quiet' },
};

export function PortSign({ state }: { readonly state: PortState }) {
  const { sign, look } = SIGNS[state.name];
  return (
    <span class={look} title={state.words}>
      {sign} {state.name}
    </span>
  );
}
