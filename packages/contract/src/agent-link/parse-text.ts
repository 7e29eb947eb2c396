import { SriovError } from '@virtfn/model';
import { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Makes the parser of one kind of document. Fields that the schema does not name are let through: a newer peer may say
 * more.
 *
 * @param what as the document is called in errors
 */
export function textParser<Schema extends TSchema>(
  schema: Schema,
  what: string,
): (text: string) => Static<Schema> {
  // Compiled when it is first needed: a command line that never meets an agent does not pay for it.
  const compile = () => Compile(schema);
  let validator: ReturnType<typeof compile> | undefined;
  return (text) => {
    validator ??= compile();
    const document = parseJson(text, what);
    if (validator.Check(document)) return document;
    const [first] = validator.Errors(document);
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot read ${what}: ${first?.instancePath || 'the document'} ${first?.message ?? 'has another form'}`,
    );
  };
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SriovError('REQUEST_INVALID', `Cannot read ${what}: it is not JSON`, { cause });
  }
}
