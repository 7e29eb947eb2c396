import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

interface TypedFilterProps {
  readonly label: string;
  readonly value: string | null;
  readonly placeholder: string;
  /** What it may be, to choose from; anything else may be typed as well. */
  readonly likely?: readonly string[];
  /** @param value null: the field says nothing any more */
  readonly onChange: (value: string | null) => void;
}

/**
 * A filter that is asked for when somebody has finished typing it. Until then the page does not know of it, and is drawn anew with
 * each entry that comes: what is being typed is kept here, or each of them would take it away.
 */
export function TypedFilter({ label, value, placeholder, likely, onChange }: TypedFilterProps) {
  const listId = useId();
  const typed = useSignal<string | null>(null);
  return (
    <>
      <label>
        {label}{' '}
        <input
          placeholder={placeholder}
          list={likely === undefined ? undefined : listId}
          autocomplete="off"
          value={typed.value ?? value ?? ''}
          onInput={({ currentTarget }) => (typed.value = currentTarget.value)}
          onChange={({ currentTarget }) => {
            const words = currentTarget.value.trim();
            onChange(words === '' ? null : words);
            typed.value = null;
          }}
          onBlur={() => (typed.value = null)}
        />
      </label>
      {likely === undefined ? null : (
        <datalist id={listId}>
          {likely.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </>
  );
}
