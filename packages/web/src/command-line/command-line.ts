/** What a shell takes as it is. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A command line of `virtfn`, as it can be typed into a shell. Words that are null are left out. */
export function commandLine(...words: readonly (string | null)[]): string {
  const given = words.filter((word) => word !== null);
  return ['virtfn', ...given.map(quoted)].join(' ');
}

const quoted = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
