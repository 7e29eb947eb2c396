import { SriovError } from '@virtfn/model';
import { type Path, readYamlDocument, type Refuse } from '../yaml-document/index.ts';
import { SETTINGS, type Setting } from './settings.ts';

/** Where a configuration comes from; what comes later goes before what comes earlier. */
export interface ControllerConfigSources {
  /** null: there is no file. */
  readonly text: string | null;
  /** The file as it is called in errors. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By the names of settings, `auth.kind`. */
  readonly flags: Readonly<Record<string, string>>;
}

/** All that was said, in one document. */
export interface Merged {
  readonly content: unknown;
  readonly refuseAt: Refuse;
  /** Who said what is at a path: `controller.yaml:3`, `VIRTFN_LISTEN`, `--set listen`; null: nobody. */
  readonly originOf: (path: Path) => string | null;
}

/** @throws {SriovError} CONFIG_INVALID */
export function mergeSources({ text, file, env, flags }: ControllerConfigSources): Merged {
  const document = readYamlDocument(text ?? 'version: 1\n', file);
  const origins = new Map<string, string>();
  let content = document.content;
  const say = (setting: Setting, value: string, origin: string): void => {
    content = withValue(content, setting.path, setting.parse(value));
    origins.set(setting.name, origin);
  };
  for (const setting of SETTINGS) {
    const value = env[setting.variable];
    if (value !== undefined && value !== '') say(setting, value, setting.variable);
  }
  for (const [name, value] of Object.entries(flags)) say(getSetting(name), value, `--set ${name}`);

  const overriding = (path: Path): string | undefined =>
    path
      .map((_, index) => origins.get(path.slice(0, index + 1).join('.')))
      .find((each) => each !== undefined);
  return {
    content,
    refuseAt: (path, why, hint) => {
      const origin = overriding(path);
      if (origin === undefined) return document.refuseAt(path, why, hint);
      throw new SriovError('CONFIG_INVALID', `Cannot use ${origin}: ${why}`, {
        details: { origin },
        ...(hint === undefined ? {} : { hint }),
      });
    },
    originOf: (path) => {
      const origin = overriding(path);
      if (origin !== undefined) return origin;
      return valueAt(document.content, path) === undefined ? null : `${file}:${document.placeOf(path).line}`;
    },
  };
}

/** `NAME=VALUE` of a command line, by name. What has no value has an empty one. */
export function flagsOf(settings: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    settings.map((setting) => {
      const equals = setting.indexOf('=');
      return equals === -1 ? [setting, ''] : [setting.slice(0, equals), setting.slice(equals + 1)];
    }),
  );
}

function getSetting(name: string): Setting {
  const found = SETTINGS.find((setting) => setting.name === name);
  if (found !== undefined) return found;
  throw new SriovError('CONFIG_INVALID', `Cannot use --set ${name.slice(0, 64)}: there is no such setting`, {
    hint: `There are: ${SETTINGS.map((setting) => setting.name).join(', ')}`,
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function valueAt(content: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return content;
  return isRecord(content) && Object.hasOwn(content, first) ? valueAt(content[first], rest) : undefined;
}

/** A copy with a value at a path. What is not a record, and should be, is left for the schema to refuse. */
function withValue(content: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  if (content !== undefined && !isRecord(content)) return content;
  return { ...content, [first]: withValue(valueAt(content, [first]), rest, value) };
}
