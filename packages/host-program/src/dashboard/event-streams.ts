import type http from 'node:http';
import type { FleetEvent } from '@virtfn/contract';
import type { AskedEvents } from '@virtfn/contract/serving';
import { SriovError } from '@virtfn/model';
import type { SeenHost } from './seen-host.ts';

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } as const;
/** A page that is looked at has one. */
const MOST_STREAMS = 16;
/** Who is so far behind is cut off, and looks at everything anew: bytes. */
const MOST_BACKLOG = 1 << 20;

interface Stream {
  readonly response: http.ServerResponse;
  readonly asked: AskedEvents;
}

/** What changes on the host, to all who follow it. */
export class EventStreams {
  readonly #host: SeenHost;
  readonly #streams = new Set<Stream>();
  readonly #unsubscribe: () => void;

  constructor(host: SeenHost) {
    this.#host = host;
    this.#unsubscribe = host.subscribe((event) => this.#tell(event));
  }

  /** How many follow. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Begins a stream. What was missed is not told: whoever was away is told to look at everything anew.
   *
   * @throws {SriovError} REQUEST_INVALID when too many follow already
   */
  open(response: http.ServerResponse, asked: AskedEvents): void {
    if (this.#streams.size >= MOST_STREAMS)
      throw new SriovError('REQUEST_INVALID', `Cannot follow events: ${MOST_STREAMS} others do`, {
        hint: 'Close other pages of this dashboard',
      });
    const stream: Stream = { response, asked };
    const { revision } = this.#host;
    response.writeHead(200, HEADERS);
    const isBehind = asked.since !== null && asked.since !== revision;
    response.write(isBehind ? signal('reset', revision) : `id: ${revision}\n\n`);
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
  }

  /** Shows that streams live, and up to where nothing was missed. */
  beat(): void {
    for (const stream of this.#streams) this.#write(stream, `: \nid: ${this.#host.revision}\n\n`);
  }

  /** Ends all streams, each told where to go on. */
  end(): void {
    this.#unsubscribe();
    for (const { response } of this.#streams) response.end(signal('resume', this.#host.revision));
  }

  #tell(event: FleetEvent): void {
    const text = `id: ${event.revision}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
    for (const stream of this.#streams) if (isAsked(event, stream.asked)) this.#write(stream, text);
  }

  #write({ response }: Stream, text: string): void {
    response.write(text);
    if (response.writableLength > MOST_BACKLOG) response.destroy();
  }
}

function isAsked({ kind, hostId }: FleetEvent, { kinds, hostId: wanted }: AskedEvents): boolean {
  return (kinds === null || kinds.has(kind)) && (wanted === null || wanted === hostId);
}

function signal(event: 'reset' | 'resume', revision: number): string {
  return `id: ${revision}\nevent: ${event}\ndata: ${JSON.stringify({ revision })}\n\n`;
}
