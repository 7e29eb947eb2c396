import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the dashboard, ready to be sent. */
export interface WebFile {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.map', 'application/json'],
]);

/** The dashboard's files by their names, as they are now: beside the programs of a bundle, or where a checkout has made them. */
export function usualWebFiles(): ReadonlyMap<string, WebFile> {
  const places = ['ui', '../../../../dist/ui'].map((place) => path.join(import.meta.dirname, place));
  const folder = places.find((each) => existsSync(path.join(each, 'index.html')));
  return folder === undefined ? new Map() : readWebFiles(folder);
}

export function readWebFiles(folder: string): ReadonlyMap<string, WebFile> {
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const type = TYPES.get(path.extname(name));
      if (type === undefined) return [];
      const body = readFileSync(path.join(folder, name));
      const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
      return [[name, { type, body, gzipped: gzipSync(body, { level: 9 }), etag }] as const];
    }),
  );
}
