// Makes the dashboard for a checkout, in dist/ui: npm run web. `npm start` does it first.
// It must never be needed by a release: a bundle has the files with it.
import path from 'node:path';
import { buildWeb } from './build-web.ts';

const root = path.join(import.meta.dirname, '../..');
await buildWeb(root, path.join(root, 'dist/ui'));
