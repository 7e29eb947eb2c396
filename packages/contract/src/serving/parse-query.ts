import { SriovError } from '@virtfn/model';
import type { Static, TObject } from 'typebox';
import { Value } from 'typebox/value';

/** What follows the `?` of a request, its numbers as numbers. @throws {SriovError} REQUEST_INVALID */
export function parseQuery<Schema extends TObject>(schema: Schema, given: unknown): Static<Schema> {
  const query: unknown = Value.Convert(schema, structuredClone(given));
  if (Value.Check(schema, query)) return query;
  const unknown = Object.keys(given as object).find((name) => !(name in schema.properties));
  if (unknown !== undefined) {
    const names = Object.keys(schema.properties);
    throw new SriovError('REQUEST_INVALID', `Cannot read the query: there is no "${unknown.slice(0, 100)}"`, {
      hint: names.length === 0 ? 'Nothing may follow this path' : `There are: ${names.join(', ')}`,
    });
  }
  const [first] = Value.Errors(schema, query);
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot read the query: ${first?.instancePath.slice(1) ?? 'it'} ${first?.message ?? 'has another form'}`,
  );
}
