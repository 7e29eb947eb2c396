import { mkdir, rm } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { AGENT_REQUESTS_PATH, type HostProgramEvent, type HostRequest } from '@virtfn/contract';
import { HostRequestSchema } from '@virtfn/contract/host-program';
import { SriovError, toSriovError } from '@virtfn/model';
import { Value } from 'typebox/value';

/** Longer requests are not read. */
const MOST_BYTES = 4 << 20;
/** What may wait to be read: a host with a thousand VFs is a document of 1 MB. */
const MOST_WAITING_BYTES = 16 << 20;

export type Answer = (
  request: HostRequest,
  emit: (event: HostProgramEvent) => void,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Answers requests on a UNIX socket that only root may use: one JSON document in, one line of JSON for each event out.
 * Whoever hangs up wants no more.
 */
export class RequestServer {
  readonly #server: http.Server;
  readonly #answer: Answer;
  readonly #stopping = new AbortController();

  constructor(answer: Answer) {
    this.#answer = answer;
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
  }

  /** The caller has made sure that nobody else keeps this host, so a socket that is there is a dead one's. */
  async listen(socket: string): Promise<void> {
    await mkdir(path.dirname(socket), { recursive: true, mode: 0o755 });
    await rm(socket, { force: true });
    const mask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(socket, () => {
          this.#server.off('error', reject);
          // Out of file descriptors, for a moment: whoever asked is refused. Nobody listening would end the agent.
          this.#server.on('error', () => {});
          resolve();
        });
      });
    } finally {
      process.umask(mask);
    }
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    // Otherwise the end of the daemon waits for askers that keep their connection for later.
    response.setHeader('connection', 'close');
    const emit = (event: HostProgramEvent): void => {
      response.write(`${JSON.stringify(event)}\n`);
      // Whoever watches and does not read, as a stopped process, must not fill the memory of the agent.
      if (response.writableLength > MOST_WAITING_BYTES) response.destroy();
    };
    try {
      const asked = await parseRequest(request);
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      await this.#answer(asked, emit, AbortSignal.any([gone.signal, this.#stopping.signal]));
    } catch (thrown) {
      const { code, message, hint } = toSriovError(thrown);
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'application/x-ndjson' });
      emit({ event: 'error', error: { code, message, hint } });
    }
    response.end();
  }
}

/** @throws {SriovError} REQUEST_INVALID */
async function parseRequest(request: http.IncomingMessage): Promise<HostRequest> {
  if (request.method !== 'POST' || request.url !== AGENT_REQUESTS_PATH)
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot answer ${request.method} ${request.url}: nothing is there`,
    );
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw new SriovError('REQUEST_INVALID', 'Cannot read the request: it is too long');
    chunks.push(chunk);
  }
  const document = parseJson(Buffer.concat(chunks).toString('utf8'));
  if (Value.Check(HostRequestSchema, document)) return document;
  const [first] = Value.Errors(HostRequestSchema, document);
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot read the request: ${first?.instancePath || 'the document'} ${first?.message ?? 'has another form'}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SriovError('REQUEST_INVALID', 'Cannot read the request: it is not JSON', { cause });
  }
}
