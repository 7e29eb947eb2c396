import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

interface ActionProps {
  readonly name: string;
  /** For who hears it, where the name alone says too little: of whom. */
  readonly label?: string;
  /** Its dialog, which calls what it is given when it is closed. */
  readonly children: (onClose: () => void) => ComponentChildren;
}

/** A button that opens a dialog. */
export function Action({ name, label, children }: ActionProps) {
  const isOpen = useSignal(false);
  return (
    <>
      <button type="button" aria-label={label} aria-haspopup="dialog" onClick={() => (isOpen.value = true)}>
        {name}
      </button>
      {isOpen.value ? children(() => (isOpen.value = false)) : null}
    </>
  );
}
