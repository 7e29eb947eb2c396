import type { StepFilter } from './step-filter.ts';

interface FilterFieldsProps {
  readonly words: string;
  readonly filter: StepFilter;
  readonly hosts: readonly string[];
  /** @param value null: the field says nothing any more */
  readonly onChange: (name: 'q' | 'host' | 'port' | 'actor' | 'failed', value: string | null) => void;
}

/** By what the audit log is filtered. Words look through what is here, at each key; all else is asked of the controller. */
export function FilterFields({ words, filter, hosts, onChange }: FilterFieldsProps) {
  const text = (name: 'host' | 'port' | 'actor', value: string | null, placeholder: string) => ({
    value: value ?? '',
    placeholder,
    autocomplete: 'off',
    onChange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void =>
      onChange(name, currentTarget.value.trim() === '' ? null : currentTarget.value.trim()),
  });
  return (
    <search class="fields events-filter">
      <label>
        Filter{' '}
        <input
          type="search"
          value={words}
          placeholder="words"
          onInput={({ currentTarget: { value } }) => onChange('q', value === '' ? null : value)}
        />
      </label>
      <label>
        Host <input {...text('host', filter.host, 'any')} list="hosts-of-events" />
      </label>
      <datalist id="hosts-of-events">
        {hosts.map((hostId) => (
          <option key={hostId} value={hostId} />
        ))}
      </datalist>
      <label>
        Port <input {...text('port', filter.port, 'id of any')} />
      </label>
      <label>
        Who <input {...text('actor', filter.actor, 'anybody')} list="actors-of-events" />
      </label>
      <datalist id="actors-of-events">
        <option value="agent" />
        <option value="user" />
      </datalist>
      <label>
        <input
          type="checkbox"
          checked={filter.isFailed}
          onChange={({ currentTarget: { checked } }) => onChange('failed', checked ? '1' : null)}
        />{' '}
        Only failures
      </label>
    </search>
  );
}
