// `controller.yaml`: its schema, and its text, the environment and flags parsed into one configuration.
// Must never read a file itself, and never take a password: those are in files of their own, or in the environment.
export type { AuthConfig, ControllerConfig, KeystoneConfig } from './controller-config.ts';
export { parseControllerConfig } from './parse-controller-config.ts';
export { ControllerConfigSchema } from './schema.ts';
export { type EffectiveSetting, listSettings } from './list-settings.ts';
export { type ControllerConfigSources, flagsOf } from './sources.ts';
