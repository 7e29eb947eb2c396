import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { WebFile } from './web-file.ts';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.map', 'application/json'],
]);

/** The dashboard's files by their names, as they are now: beside the programs of a bundle, or where a checkout has made them. */
export function usualWebFiles(): ReadonlyMap<string, WebFile> {
  const places = ['ui', '../../../dist/ui'].map((place) => path.join(import.meta.dirname, place));
  const folder = places.find((each) => existsSync(path.join(each, 'index.html')));
  return folder === undefined ? new Map() : readWebFiles(folder);
}

function readWebFiles(folder: string): ReadonlyMap<string, WebFile> {
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const type = TYPES.get(path.extname(name));
      if (type === undefined) return [];
      return [[name, new WebFile(type, readFileSync(path.join(folder, name)))] as const];
    }),
  );
}
