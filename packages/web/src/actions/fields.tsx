import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';

interface TextFieldProps extends Omit<JSX.InputHTMLAttributes, 'value' | 'onInput'> {
  readonly label: string;
  readonly value: Signal<string>;
  /** What may be typed, or what happens when nothing is. */
  readonly hint?: string;
}

export function TextField({ label, value, hint, ...others }: TextFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        {...others}
        autocomplete="off"
        value={value.value}
        onInput={({ currentTarget }) => (value.value = currentTarget.value)}
      />
      {hint === undefined ? null : <small class="quiet">{hint}</small>}
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Signal<Value>;
  readonly options: readonly { readonly value: Value; readonly words: string }[];
  readonly hint?: string;
}

export function Choice<Value extends string>({ label, value, options, hint }: ChoiceProps<Value>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={value.value}
        onChange={({ currentTarget }) => {
          const chosen = options[currentTarget.selectedIndex];
          if (chosen !== undefined) value.value = chosen.value;
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </select>
      {hint === undefined ? null : <small class="quiet">{hint}</small>}
    </label>
  );
}
