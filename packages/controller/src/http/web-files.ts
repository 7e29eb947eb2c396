import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the dashboard. */
export class WebFile {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
  #gzipped: Buffer | null = null;

  constructor(type: string, body: Buffer) {
    this.type = type;
    this.body = body;
    this.etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  }

  /** Compressed when it is first asked for: most of the bytes are maps for debuggers, which hardly anybody asks for. */
  get gzipped(): Buffer {
    this.#gzipped ??= gzipSync(this.body, { level: 9 });
    return this.#gzipped;
  }
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

function readWebFiles(folder: string): ReadonlyMap<string, WebFile> {
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const type = TYPES.get(path.extname(name));
      if (type === undefined) return [];
      return [[name, new WebFile(type, readFileSync(path.join(folder, name)))] as const];
    }),
  );
}
