import { Component } from 'preact';
import { VfGlyph } from './vf-glyph.tsx';
import type { VfState } from './vf-state.ts';

interface VfSignButtonProps {
  readonly vfIndex: number;
  readonly state: VfState['name'];
  /** Whose it is, in a few words; empty: nobody's. */
  readonly owner: string;
  readonly isChosen: boolean;
  /** Whether Tab stops at it: one of all does. */
  readonly isReached: boolean;
}

/** A VF of a grid. One in a thousand has changed when something is told, and only that one is drawn again. */
export class VfSignButton extends Component<VfSignButtonProps> {
  override shouldComponentUpdate({ state, owner, isChosen, isReached }: VfSignButtonProps): boolean {
    const { props } = this;
    return (
      state !== props.state ||
      owner !== props.owner ||
      isChosen !== props.isChosen ||
      isReached !== props.isReached
    );
  }

  override render({ vfIndex, state, owner, isChosen, isReached }: VfSignButtonProps) {
    const whose = owner === '' ? '' : `, ${owner}`;
    return (
      <li>
        <button
          type="button"
          title={`VF ${vfIndex}: ${state}${whose}`}
          aria-label={`VF ${vfIndex}, ${state}${whose}`}
          aria-pressed={isChosen}
          tabIndex={isReached ? 0 : -1}
          value={vfIndex}
        >
          <VfGlyph state={state} />
        </button>
      </li>
    );
  }
}
