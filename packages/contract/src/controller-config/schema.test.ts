import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ControllerConfigSchema } from './index.ts';

const FILE = path.join(import.meta.dirname, '../../../../docs/operators/controller.schema.json');

test('docs/operators/controller.schema.json is the schema that controller.yaml is held to (npm run publish-schema)', () => {
  assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(JSON.parse(JSON.stringify(ControllerConfigSchema)) as object),
  });
});
