import { SriovError } from '@virtfn/model';
import { LineCounter, parseDocument } from 'yaml';

/** Reads YAML of another program as plain values. @throws {SriovError} CONFIG_INVALID, with line and column */
export function readYaml(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  // What is wrong is told by an error of ours; nothing else shall write to the terminal.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  const refuse = (where: string, why: string): never => {
    throw new SriovError('CONFIG_INVALID', `Cannot read ${file}${where}: ${why}`, { details: { file } });
  };
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return refuse(`:${line}:${col}`, error.message);
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (thrown) {
    return refuse('', thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** The fields of a mapping; of anything else none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A scalar as text; anything else is nothing. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null;
}
