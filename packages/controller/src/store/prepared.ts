import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** Stands for a value in a statement that is built before there is one. */
class Placeholder {
  readonly row: number;
  readonly name: string;

  constructor(row: number, name: string) {
    this.row = row;
    this.name = name;
  }
}

interface Template {
  readonly query: CompiledQuery;
  /** Of which value each parameter is, in the order of the parameters. */
  readonly placeholders: readonly Placeholder[];
}

/** More rows are several statements: databases limit how many values one has, and each length is one more to keep. */
const MOST_ROWS = 32;

/**
 * A statement about some rows that is built once for each kind of database and number of rows: to build one costs more
 * than SQLite takes to run it. For those that every request runs; in a transaction, where there may be many rows.
 *
 * @param build must use the values of its rows as they are, and for nothing but parameters; every row has the same keys
 */
export function prepared<Row extends object, Answer = unknown>(
  build: (db: Kysely<Schema>, rows: readonly Row[]) => Compilable<Answer>,
): (db: Kysely<Schema>, rows: readonly Row[]) => Promise<readonly Answer[]> {
  const templates = new Map<unknown, Template[]>();
  return async (db, rows) => {
    // They differ in how a parameter is written.
    const dialect = db.getExecutor().adapter.constructor;
    const ofDialect = templates.get(dialect) ?? [];
    templates.set(dialect, ofDialect);
    const answers: Answer[] = [];
    for (let start = 0; start < rows.length; start += MOST_ROWS) {
      const some = rows.slice(start, start + MOST_ROWS);
      const template = (ofDialect[some.length] ??= templateOf(build, db, some));
      const parameters = template.placeholders.map(({ row, name }) => Reflect.get(some[row] ?? {}, name));
      answers.push(...(await db.executeQuery<Answer>({ ...template.query, parameters })).rows);
    }
    return answers;
  };
}

function templateOf<Row extends object, Answer>(
  build: (db: Kysely<Schema>, rows: readonly Row[]) => Compilable<Answer>,
  db: Kysely<Schema>,
  rows: readonly Row[],
): Template {
  const standIns = rows.map((row, index) =>
    Object.fromEntries(Object.keys(row).map((name) => [name, new Placeholder(index, name)])),
  );
  // Kysely hands values through to the parameters, whatever they are.
  const query = build(db, standIns as unknown as readonly Row[]).compile();
  return { query, placeholders: query.parameters as readonly Placeholder[] };
}
