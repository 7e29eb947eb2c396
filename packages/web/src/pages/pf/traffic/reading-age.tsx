import { now } from '../../../look/index.ts';

interface ReadingAgeProps {
  /** When they were read, milliseconds since 1970. */
  readonly at: number;
  readonly isOld: boolean;
}

/** How old figures are, once that is more than they are promised to be. */
export function ReadingAge({ at, isOld }: ReadingAgeProps) {
  if (!isOld)
    return (
      <span role="status" class="good">
        ● Now
      </span>
    );
  return (
    <span role="status" class="bad">
      ▲ These figures are {Math.max(2, Math.round((now.value - at) / 1000))} s old
    </span>
  );
}
