// Writes the JSON Schema of host.yaml to where editors and operators find it: npm run publish-schema
// Must never change the schema: it is what the contract says.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { HostConfigSchema } from '@virtfn/contract/host-config';

const file = path.join(import.meta.dirname, '../../docs/operators/host.schema.json');
const document = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...HostConfigSchema };
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
console.log(`Wrote ${file}`);
