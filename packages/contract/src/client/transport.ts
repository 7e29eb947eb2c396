/** An answer of a server as text, whatever carried it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Carries one request to a server and its answer back. */
export type Transport = (request: {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}) => Promise<Answer>;
