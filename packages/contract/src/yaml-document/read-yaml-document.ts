import { SriovError } from '@virtfn/model';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';

/** Where in a document something is: names of fields, and places in lists from 0. */
export type Path = readonly (string | number)[];

/** A text read, with the places of what is in it. */
export interface YamlDocument {
  readonly content: unknown;
  /** Line and column from 1 of what is at a path; of what is missing, those of its parent. */
  readonly placeOf: (path: Path) => { readonly line: number; readonly column: number };
  /** @throws {SriovError} CONFIG_INVALID with line and column */
  readonly refuseAt: (path: Path, why: string, hint?: string) => never;
}

/**
 * Reads the text of a YAML file.
 *
 * @param file as it is called in errors
 * @throws {SriovError} CONFIG_INVALID with line and column
 */
export function readYamlDocument(text: string, file: string): YamlDocument {
  const lines = new LineCounter();
  // What is wrong is told by an error of ours; nothing else shall write to the terminal.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const refuse = (offset: number, why: string, hint?: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new SriovError('CONFIG_INVALID', `Cannot read ${file}:${line}:${col}: ${why}`, {
      details: { file, line, column: col },
      ...(hint === undefined ? {} : { hint }),
    });
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) refuse(syntax.pos[0], syntax.message);
  return {
    content: contentOf(document, (why) => refuse(0, why)),
    placeOf: (path) => {
      const { line, col } = lines.linePos(offsetOf(document, path));
      return { line, column: col };
    },
    refuseAt: (path, why, hint) => refuse(offsetOf(document, path), why, hint),
  };
}

function contentOf(document: Document, refuse: (why: string) => never): unknown {
  try {
    // Anchors can make a small text stand for a huge document.
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
