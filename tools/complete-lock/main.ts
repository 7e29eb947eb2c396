// Writes into package-lock.json the optional packages of other platforms that npm left out:
// node tools/launch.mjs tools/complete-lock/main.ts
// npm leaves them out where its registry does not carry them, and `npm ci` then refuses the file everywhere.
// It must never change an entry that is there, and never asks the network.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { completeLock } from './complete-lock.ts';

const file = path.join(import.meta.dirname, '../../package-lock.json');
const before = readFileSync(file, 'utf8');
const { text, added } = completeLock(before);
if (added.length > 0) writeFileSync(file, text);
console.log(`${added.length} packages added to package-lock.json`);
for (const name of added) console.log(`  ${name}`);
