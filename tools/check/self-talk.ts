import type { Check, Problem, Report } from './check.ts';
import { listFiles, readText } from './source-files.ts';

/** Finds what only means something on the machine where it was written: its folders, its package registry. */
export const selfTalk: Check = { name: 'self-talk', run: checkSelfTalk };

interface Rule {
  readonly pattern: RegExp;
  readonly what: string;
  readonly fix: string;
  /** Only in files with this name. */
  readonly only?: string;
}

const rules: readonly Rule[] = [
  {
    pattern: /(?<![\w.~$}*-])\/(?:root|work|home\/[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\//,
    what: 'names a folder of one machine',
    fix: 'use a path inside the checkout, or one that the user gives',
  },
  {
    pattern: /"resolved": "https?:/,
    what: 'pins a package to one registry',
    fix: 'keep omit-lockfile-registry-resolved=true in .npmrc and write the lock file anew',
    only: 'package-lock.json',
  },
  {
    pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\b(?:npmmirror|artifactory|verdaccio|jfrog)\b/i,
    what: 'names a package registry',
    fix: 'leave it to the configuration of npm',
  },
  {
    pattern: /https?:\/\/(?:[\w-]+\.)*(?:mirrors?|proxy|nexus|deb|packages?)\.[\w.-]+/i,
    what: 'names a mirror of packages',
    fix: 'leave it to the configuration of the machine',
  },
];

/** This check and the fixtures of all checks say such things on purpose. The fixtures of packages must not. */
const onPurpose = ['tools/check/fixtures/', 'tools/check/self-talk.'];

function checkSelfTalk(root: string): Report {
  const files = listFiles(root).filter((file) => !onPurpose.some((place) => file.startsWith(place)));
  const problems: Problem[] = [];
  let lines = 0;
  for (const file of files) {
    const text = readText(root, file);
    if (text.includes('\0')) continue; // not text
    for (const [at, line] of text.split('\n').entries()) {
      lines++;
      const broken = rules.filter((rule) => rule.only === undefined || file.endsWith(rule.only));
      for (const { pattern, what, fix } of broken) {
        const found = pattern.exec(line);
        if (found !== null) problems.push({ path: file, line: at + 1, what: `${what}: "${found[0]}"`, fix });
      }
    }
  }
  return { looked: `${files.length} files, ${lines} lines`, problems };
}
