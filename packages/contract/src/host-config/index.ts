// `host.yaml`: its schema, and its text parsed into the model's configuration.
// Must never read the file itself, and never accept what the schema does not name.
export { parseHostConfig } from './parse-host-config.ts';
export { type HostConfigDocument, HostConfigSchema } from './schema.ts';
export { editHostConfig } from './edit-host-config.ts';
