/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  /** The last id that the stream has given so far; null: none. */
  readonly id: string | null;
}

/** Reads `text/event-stream` as it comes, in whatever pieces (WHATWG HTML, section 9.2.6). */
export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | null = null;
  #lastId: string | null = null;

  /**
   * The id to go on from: also those of events that only gave one. That of an event that has not ended is not it: whoever
   * goes on from there would never hear the event.
   */
  get lastId(): string | null {
    return this.#lastId;
  }

  /** The events that end in this piece. */
  push(piece: string): readonly ServerSentEvent[] {
    const text = this.#rest + piece;
    // A CR at the end may be the first half of a CRLF.
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    const lines = text.slice(0, end).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + text.slice(end);
    return lines.flatMap((line) => this.#take(line));
  }

  #take(line: string): readonly ServerSentEvent[] {
    if (line === '') return this.#dispatch();
    const [, name = line, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === 'event') this.#event = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    return [];
  }

  #dispatch(): readonly ServerSentEvent[] {
    const event = {
      event: this.#event === '' ? 'message' : this.#event,
      data: this.#data.join('\n'),
      id: this.#id,
    };
    const hasData = this.#data.length > 0;
    this.#lastId = this.#id;
    this.#event = '';
    this.#data = [];
    return hasData ? [event] : [];
  }
}
