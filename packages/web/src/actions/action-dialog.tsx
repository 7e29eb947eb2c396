import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Problem } from '../look/index.ts';

type Progress =
  | { readonly kind: 'asking' }
  | { readonly kind: 'running' }
  | { readonly kind: 'refused'; readonly error: SriovError };

interface ActionDialogProps {
  readonly title: string;
  /** The same as it is typed into a shell, a command a line. */
  readonly commands: readonly string[];
  /** What the button says that does it. */
  readonly verb: string;
  /** What is missing before it can be done; null: nothing. */
  readonly missing?: string | null;
  /** Does it. What it throws is shown, and the dialog stays as it is. */
  readonly run: () => Promise<void>;
  readonly onClose: () => void;
  /** What it does, and what is to be said for it. */
  readonly children: ComponentChildren;
}

/** Asks once more before something is done. The browser itself keeps the keyboard in it and gives the focus back. */
export function ActionDialog({
  title,
  commands,
  verb,
  missing = null,
  run,
  onClose,
  children,
}: ActionDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const progress = useSignal<Progress>({ kind: 'asking' });
  const titleId = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const isRunning = progress.value.kind === 'running';
  const submit = async (): Promise<void> => {
    if (isRunning || missing !== null) return;
    progress.value = { kind: 'running' };
    try {
      await run();
      dialog.current?.close();
    } catch (thrown) {
      progress.value = { kind: 'refused', error: toSriovError(thrown) };
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 id={titleId}>{title}</h2>
        {children}
        <p class="quiet">The same by command:</p>
        <pre tabIndex={0} role="region" aria-label="The same by command">
          {commands.join('\n')}
        </pre>
        {progress.value.kind === 'refused' ? <Problem error={progress.value.error} /> : null}
        <p class="fields">
          {/* Not disabled while it runs: the keyboard would lose its place. */}
          <button type="submit" class="primary" aria-disabled={isRunning || missing !== null}>
            {verb}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <span role="status" class="quiet">
            {isRunning ? 'Being done …' : missing}
          </span>
        </p>
      </form>
    </dialog>
  );
}
