import { completeDocument } from './parse-controller-config.ts';
import { SETTINGS } from './settings.ts';
import { type ControllerConfigSources, mergeSources, valueAt } from './sources.ts';

/** A setting as it holds. */
export interface EffectiveSetting {
  readonly name: string;
  readonly value: unknown;
  /** `controller.yaml:3`, `VIRTFN_LISTEN`, `--set listen`, or `default`. */
  readonly origin: string;
}

/** Every setting that has a value, and who said so. @throws {SriovError} CONFIG_INVALID */
export function listSettings(sources: ControllerConfigSources): readonly EffectiveSetting[] {
  const merged = mergeSources(sources);
  const document = completeDocument(merged);
  return SETTINGS.flatMap(({ name, path }) => {
    const value = valueAt(document, path);
    return value === undefined ? [] : [{ name, value, origin: merged.originOf(path) ?? 'default' }];
  });
}
