import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Path } from './read-yaml-document.ts';

/** How a value does not fit its schema. */
export interface Misfit {
  readonly path: Path;
  readonly why: string;
  /** Whether it is a field that the schema does not know. */
  readonly isUnknown: boolean;
}

/** The first thing wrong with a value; null: it fits. */
export function findMisfit(schema: TSchema, content: unknown): Misfit | null {
  const [error] = Value.Errors(schema, content);
  if (error === undefined) return null;
  const isUnknown = error.keyword === 'boolean';
  const name = error.instancePath === '' ? 'the document' : error.instancePath.slice(1).replaceAll('/', '.');
  return {
    path: pathOf(error.instancePath),
    why: `${name} ${isUnknown ? 'is no field that there is' : error.message}`,
    isUnknown,
  };
}

/** A JSON pointer to its parts. */
function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}
