import { type TSchema, Type } from 'typebox';
import { AUTH_SCHEMAS, schemaWith } from './schema.ts';

/** One value of the configuration. */
export interface Setting {
  /** `auth.usersFile` */
  readonly name: string;
  readonly path: readonly string[];
  /** In the environment: `VIRTFN_AUTH_USERS_FILE`. */
  readonly variable: string;
  /** A text of the environment or the command line as the file would have it; what does not fit is left for the schema to refuse. */
  readonly parse: (text: string) => unknown;
  readonly schema: TSchema;
}

function settingsOf(schema: TSchema, path: readonly string[]): readonly Setting[] {
  if (Type.IsObject(schema))
    return Object.entries(schema.properties).flatMap(([name, field]) => settingsOf(field, [...path, name]));
  return [{ name: path.join('.'), path, variable: variableOf(path), parse: parserOf(schema), schema }];
}

function variableOf(path: readonly string[]): string {
  const words = path.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`));
  return ['VIRTFN', ...words].join('_').toUpperCase();
}

function parserOf(schema: TSchema): Setting['parse'] {
  if (Type.IsInteger(schema)) return (text) => (/^-?\d{1,9}$/.test(text) ? Number(text) : text);
  if (Type.IsArray(schema) && Type.IsObject(schema.items)) return parseJson;
  if (Type.IsArray(schema)) return (text) => text.split(',').map((part) => part.trim());
  return (text) => text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const all = [
  ...settingsOf(schemaWith(AUTH_SCHEMAS.none), []),
  ...Object.values(AUTH_SCHEMAS).flatMap((schema) => settingsOf(schema, ['auth'])),
].filter(({ name }) => name !== 'version');

/** Everything that can be said, by name, once. */
export const SETTINGS: readonly Setting[] = [
  ...new Map(all.map((setting) => [setting.name, setting])).values(),
];
