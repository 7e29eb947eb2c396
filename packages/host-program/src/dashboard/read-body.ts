import type http from 'node:http';
import { SriovError } from '@virtfn/model';
import type { Static, TObject } from 'typebox';
import { Value } from 'typebox/value';

/** No plan that is asked for is longer. */
const MOST_BYTES = 1 << 20;

/**
 * Reads a request's JSON by its schema. The connection stays open for the answer, also where the body is not read to its end.
 *
 * @throws {SriovError} REQUEST_INVALID
 */
export async function readBody<Schema extends TObject>(
  request: http.IncomingMessage,
  schema: Schema,
): Promise<Static<Schema>> {
  const { headers } = request;
  // A web page may send plain text anywhere without asking; JSON it may not.
  if (!/^application\/json(?:;|$)/.test(headers['content-type'] ?? ''))
    throw refuse('its content-type is not application/json');
  const document = parseJson(await readText(request));
  if (Value.Check(schema, document)) return document;
  const [first] = Value.Errors(schema, document);
  throw refuse(`${first?.instancePath || 'the document'} ${first?.message ?? 'has another form'}`);
}

async function readText(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw refuse('it is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse('it is not JSON', cause);
  }
}

function refuse(state: string, cause?: unknown): SriovError {
  return new SriovError('REQUEST_INVALID', `Cannot read the request: ${state}`, { cause });
}
