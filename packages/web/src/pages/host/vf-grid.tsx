import type { TargetedKeyboardEvent, TargetedMouseEvent } from 'preact';
import type { VfState } from './vf-state.ts';
import { VfSignButton } from './vf-sign-button.tsx';

export interface VfSign {
  readonly vfIndex: number;
  readonly state: VfState;
  /** Whose it is, in a few words; empty: nobody's. */
  readonly owner: string;
}

interface VfGridProps {
  /** Of which PF, for who hears it. */
  readonly label: string;
  readonly signs: readonly VfSign[];
  /** null: none is looked at. */
  readonly chosen: number | null;
  readonly onChoose: (vfIndex: number) => void;
}

const STEPS: ReadonlyMap<string, number> = new Map([
  ['ArrowRight', 1],
  ['ArrowLeft', -1],
]);

/** All VFs of a PF, one sign each. Arrow keys go from one to the next. */
export function VfGrid({ label, signs, chosen, onChoose }: VfGridProps) {
  const reached = chosen ?? signs[0]?.vfIndex ?? null;
  const move = (event: TargetedKeyboardEvent<HTMLUListElement>): void => {
    const by = STEPS.get(event.key);
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = by === undefined || at < 0 ? undefined : buttons[at + by];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.click();
  };
  // One ear for all: a thousand VFs are drawn without a thousand functions.
  const choose = (event: TargetedMouseEvent<HTMLUListElement>): void => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button !== null) onChoose(Number(button.value));
  };
  return (
    <ul class="vf-grid" aria-label={label} onKeyDown={move} onClick={choose}>
      {signs.map(({ vfIndex, state, owner }) => (
        <VfSignButton
          key={vfIndex}
          vfIndex={vfIndex}
          state={state.name}
          owner={owner}
          isChosen={vfIndex === chosen}
          isReached={vfIndex === reached}
        />
      ))}
    </ul>
  );
}
