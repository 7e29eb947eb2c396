import { isSriovError } from '@virtfn/model';
import type { Path } from './read-yaml-document.ts';

/** Refuses the part of a document that is at a path. */
export type Refuse = (path: Path, why: string, hint?: string) => never;

/** Parses a value into its type; the parser's words with the place of the value. */
export function parseAt<Text, Parsed>(
  parse: (text: Text) => Parsed,
  value: Text,
  path: Path,
  refuse: Refuse,
): Parsed {
  try {
    return parse(value);
  } catch (error) {
    if (isSriovError(error)) return refuse(path, error.message, error.hint);
    throw error;
  }
}
