import type { StepFilter } from './step-filter.ts';
import { TypedFilter } from './typed-filter.tsx';

interface FilterFieldsProps {
  readonly words: string;
  readonly filter: StepFilter;
  readonly hosts: readonly string[];
  /** @param value null: the field says nothing any more */
  readonly onChange: (name: 'q' | 'host' | 'port' | 'actor' | 'failed', value: string | null) => void;
}

const ACTOR_KINDS = ['agent', 'user'];

/** By what the audit log is filtered. Words look through what is here, at each key; all else is asked of the controller. */
export function FilterFields({ words, filter, hosts, onChange }: FilterFieldsProps) {
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
      <TypedFilter
        label="Host"
        value={filter.host}
        placeholder="any"
        likely={hosts}
        onChange={(value) => onChange('host', value)}
      />
      <TypedFilter
        label="Port"
        value={filter.port}
        placeholder="id of any"
        onChange={(value) => onChange('port', value)}
      />
      <TypedFilter
        label="Who"
        value={filter.actor}
        placeholder="anybody"
        likely={ACTOR_KINDS}
        onChange={(value) => onChange('actor', value)}
      />
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
