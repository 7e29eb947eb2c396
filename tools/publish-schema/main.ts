// Writes the JSON Schemas of the configuration files to where editors and operators find them: npm run publish-schema
// Must never change a schema: it is what the contract says.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ControllerConfigSchema } from '@virtfn/contract/controller-config';
import { HostConfigSchema } from '@virtfn/contract/host-config';

const folder = path.join(import.meta.dirname, '../../docs/operators');
const schemas = { 'host.schema.json': HostConfigSchema, 'controller.schema.json': ControllerConfigSchema };
for (const [name, schema] of Object.entries(schemas)) {
  const document = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema };
  const file = path.join(folder, name);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.log(`Wrote ${file}`);
}
