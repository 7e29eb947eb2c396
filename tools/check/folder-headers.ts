import path from 'node:path/posix';
import type { Check, Problem, Report } from './check.ts';
import { listSources, readText } from './source-files.ts';

/** Every folder with sources says at its front door what it is for and what it must never do. */
export const folderHeaders: Check = { name: 'folder headers', run: checkFolderHeaders };

const fix = 'open it with 2 to 6 lines of comment: what the folder is for, and what it must never do';

function checkFolderHeaders(root: string): Report {
  const folders = Map.groupBy(
    listSources(root).filter((file) => !/\.test\.tsx?$/.test(file)),
    (file) => path.dirname(file),
  );
  const problems = [...folders].flatMap(([folder, files]) => judgeFolder(root, folder, files));
  return { looked: `${folders.size} folders`, problems };
}

function judgeFolder(root: string, folder: string, files: readonly string[]): readonly Problem[] {
  const main = mainFile(folder, files);
  if (main === undefined) {
    const what = `has ${files.length} files and no index.ts, main.ts or ${path.basename(folder)}.ts`;
    return [{ path: folder, line: null, what, fix: 'add the one by which a reader enters' }];
  }
  const what = judgeHeader(readText(root, main));
  return what === null ? [] : [{ path: main, line: 1, what, fix }];
}

/** The file by which a reader enters a folder. The only file of a folder is that, whatever its name. */
function mainFile(folder: string, files: readonly string[]): string | undefined {
  const names = ['index.ts', 'main.ts', `${path.basename(folder)}.ts`, 'index.tsx', 'main.tsx'];
  const named = names.map((name) => path.join(folder, name)).find((file) => files.includes(file));
  return named ?? (files.length === 1 ? files[0] : undefined);
}

/** Says what is wrong with the comment a file opens with, or null. */
function judgeHeader(source: string): string | null {
  const body = source.replace(/^#!.*\n/, '');
  const comment = /^(?:\/\/.*\n)+|^\/\*[^]*?\*\//.exec(body)?.[0];
  if (comment === undefined) return 'does not open with a comment';
  const lines = comment.split('\n').filter((line) => /[\p{L}\p{N}]/u.test(line));
  if (lines.length < 2 || lines.length > 6) return `opens with a comment of ${lines.length} lines`;
  return /\b(never|must not)\b/i.test(comment)
    ? null
    : 'opens with a comment that does not say what it must never do';
}
