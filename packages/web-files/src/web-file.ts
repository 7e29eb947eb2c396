import { createHash } from 'node:crypto';
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
