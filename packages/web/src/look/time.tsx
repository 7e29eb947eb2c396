import { signal } from '@preact/signals';

/** Milliseconds since 1970, to the second. Pages that show ages read it. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);

const UNITS = [
  { seconds: 86_400, word: 'd' },
  { seconds: 3600, word: 'h' },
  { seconds: 60, word: 'min' },
] as const;

/** How long ago it was; the moment itself as its title. @param at ISO 8601 */
export function Age({ at }: { readonly at: string }) {
  const seconds = Math.max(0, Math.round((now.value - Date.parse(at)) / 1000));
  const unit = UNITS.find((each) => seconds >= each.seconds);
  const words = unit === undefined ? `${seconds} s` : `${Math.floor(seconds / unit.seconds)} ${unit.word}`;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {words} ago
    </time>
  );
}
