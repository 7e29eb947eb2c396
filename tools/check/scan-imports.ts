/** One import of a source file, of any kind: types and dynamic imports count, as they bind just as much. */
export interface Import {
  /** null where it is computed and cannot be read from the source. */
  readonly specifier: string | null;
  readonly line: number;
}

interface Token {
  readonly kind: 'word' | 'text' | 'mark';
  readonly value: string;
  readonly line: number;
}

/**
 * Finds the imports of a TypeScript source: `import`, `export … from`, `import()` (of types too), `require()` and
 * `process.getBuiltinModule()`. Comments, texts and templates that merely look like an import do not count.
 *
 * TypeScript 7 has no parser to call, and a module lexer for JavaScript does not see `import type`.
 */
export function scanImports(source: string): readonly Import[] {
  const tokens = tokenize(source);
  const imports: Import[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' || tokens[at - 1]?.value === '.') continue;
    if (token.value === 'import') {
      const next = tokens[at + 1];
      if (next?.value === '.') continue; // import.meta
      if (next?.value === '(') imports.push(called(tokens, at));
      else if (next?.kind === 'text') imports.push({ specifier: next.value, line: next.line });
      else imports.push(...from(tokens, at));
    } else if (token.value === 'export') imports.push(...from(tokens, at));
    else if (token.value === 'require' && tokens[at + 1]?.value === '(') imports.push(called(tokens, at));
  }
  for (const [at, token] of tokens.entries()) {
    if (token.value === 'getBuiltinModule' && tokens[at + 1]?.value === '(') imports.push(called(tokens, at));
  }
  return imports;
}

/** Reads the argument of the call whose name is at `at`. */
function called(tokens: readonly Token[], at: number): Import {
  const [argument, end] = [tokens[at + 2], tokens[at + 3]];
  const line = tokens[at]?.line ?? 0;
  // A comma may follow: import('x', { with: … }).
  const plain = argument?.kind === 'text' && (end?.value === ')' || end?.value === ',');
  return { specifier: plain ? argument.value : null, line };
}

/**
 * Reads the `from '…'` of the import or export that starts at `at`. Between the two stand only names, commas,
 * stars and braces, so an `export const …` ends the search at its first other mark.
 */
function from(tokens: readonly Token[], at: number): readonly Import[] {
  for (let i = at + 1; i < tokens.length; i++) {
    const token = tokens[i];
    const next = tokens[i + 1];
    if (token === undefined || token.kind === 'text') {
      // `import { 'odd name' as x } from …` is allowed; any other text ends the clause.
      if (next?.value === 'as' || next?.value === '}' || next?.value === ',') continue;
      return [];
    }
    if (token.value === 'from' && next?.kind === 'text') return [{ specifier: next.value, line: next.line }];
    if (token.kind === 'mark' && !'{},*'.includes(token.value)) return [];
  }
  return [];
}

/** After these words a slash starts a regular expression; after any other word it divides. */
const beforeExpression = new Set(
  'return typeof case in of do else void delete throw new instanceof yield await'.split(' '),
);

/** Splits a source into words, texts and marks, without comments, regular expressions and templates' own text. */
function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern =
    /(?<space>\s+)|(?<comment>\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<word>[\p{L}_$#][\p{L}\p{N}_$]*)|(?<number>\d[\w.]*)|(?<text>'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*")|(?<mark>[^])/guy;
  const regularExpression = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
  const templatePart = /(?:\\[^]|\$(?!\{)|[^`\\$])*(?<end>`|\$\{|$)/y;
  /** For every template we are inside of: how many braces of the expression in it are still open. */
  const templates: number[] = [];
  let line = 1;
  let at = 0;

  const advance = (text: string): void => {
    at += text.length;
    for (const char of text) if (char === '\n') line++;
  };
  const skipTemplatePart = (): void => {
    templatePart.lastIndex = at;
    const found = templatePart.exec(source);
    advance(found?.[0] ?? '');
    if (found?.groups?.['end'] === '${') templates.push(0);
  };

  while (at < source.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) break;
    const { space, comment, word, number, text, mark } = found.groups ?? {};
    const last = tokens.at(-1);
    if (mark === '/' && startsExpression(last)) {
      regularExpression.lastIndex = at;
      const skipped = regularExpression.exec(source);
      if (skipped !== null) {
        tokens.push({ kind: 'mark', value: '/…/', line });
        advance(skipped[0]);
        continue;
      }
    }
    if (word !== undefined) tokens.push({ kind: 'word', value: word, line });
    else if (text !== undefined) tokens.push({ kind: 'text', value: text.slice(1, -1), line });
    else if (number !== undefined) tokens.push({ kind: 'mark', value: '0', line });
    else if (mark !== undefined) tokens.push({ kind: 'mark', value: mark, line });
    advance(found[0]);

    if (space !== undefined || comment !== undefined) continue;
    const depth = templates.at(-1);
    if (mark === '`') skipTemplatePart();
    else if (mark === '{' && depth !== undefined) templates[templates.length - 1] = depth + 1;
    else if (mark === '}' && depth === 0) {
      templates.pop();
      skipTemplatePart();
    } else if (mark === '}' && depth !== undefined) templates[templates.length - 1] = depth - 1;
  }
  return tokens;
}

function startsExpression(last: Token | undefined): boolean {
  if (last === undefined) return true;
  if (last.kind === 'word') return beforeExpression.has(last.value);
  return last.kind === 'mark' && ![')', ']', '}', '0', '`', '/…/'].includes(last.value);
}
