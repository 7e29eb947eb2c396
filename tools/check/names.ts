import path from 'node:path/posix';
import type { Check, Problem, Report } from './check.ts';
import { isFixture, listFiles, readText } from './source-files.ts';

/** Names that say nothing, files too long to read in one go, and names of another style than the rest. */
export const names: Check = { name: 'names', run: checkNames };

/** A folder or file with such a name collects what has no place, until it has everything. */
const saysNothing = new Set('util utils common helper helpers misc manager'.split(' '));

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const longest = 500;

function checkNames(root: string): Report {
  const files = listFiles(root).filter(
    (file) => /^(packages|tools|bench|lab)\/.*\.(tsx?|m?js|css)$/.test(file) && !isFixture(file),
  );
  const parts = new Set(files.flatMap(withFolders));
  const problems = [...parts].flatMap(judgeName);
  for (const file of files) {
    const length = readText(root, file).split('\n').length - 1;
    if (length <= longest) continue;
    const what = `has ${length} lines, more than ${longest}`;
    problems.push({ path: file, line: longest + 1, what, fix: 'split it by what its parts are for' });
  }
  return { looked: `${parts.size} names, ${files.length} files`, problems };
}

/** A file and every folder above it. */
function withFolders(file: string): readonly string[] {
  const parts = file.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function judgeName(place: string): readonly Problem[] {
  const name = path.basename(place);
  const [stem = ''] = name.split('.');
  const problem = (what: string, fix: string): readonly Problem[] => [{ path: place, line: null, what, fix }];
  const empty = stem.split('-').find((word) => saysNothing.has(word));
  if (empty !== undefined) return problem(`"${empty}" says nothing`, 'name it after what it holds');
  if (stem === 'types') return problem('types are no subject', 'put each type beside the code it is about');
  if (!kebabCase.test(name)) return problem('is not in kebab-case', `rename it to ${toKebabCase(name)}`);
  return [];
}

function toKebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[_ ]+/g, '-')
    .toLowerCase();
}
