// Makes dist/, the form in which virtfn is installed: npm run bundle
// It must never be needed to work on the code: all of it runs from source as well.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeBundle } from './bundle.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = path.join(root, 'dist');
const started = performance.now();
await makeBundle(root, folder, process.execPath);
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const bytes = files.reduce(
  (sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size,
  0,
);
console.log(
  `dist/: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, in ${Math.round(performance.now() - started)} ms. Run dist/virtfn`,
);
