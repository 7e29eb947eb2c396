import { type ErrorCode, ERROR_TABLE, SriovError } from '@virtfn/model';
import type { Answer, Transport } from '../client/transport.ts';

/** A kind of object, as Neutron's paths and envelopes name it. */
export interface NeutronKind {
  /** `port` */
  readonly name: string;
  /** `ports` */
  readonly collection: string;
  /** Below `/v2.0/`: `qos/policies`. */
  readonly path: string;
}

/** An object as Neutron shows it. */
export interface NeutronObject {
  readonly id: string;
  readonly [attribute: string]: unknown;
}

type Values = Readonly<Record<string, unknown>>;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Every method throws what Neutron refuses: OBJECT_UNKNOWN, API_REFUSED, ROLE_MISSING, AUTHENTICATION_FAILED, REQUEST_INVALID;
 * and what a controller of ours says has failed, such as STORE_FAILED.
 */
export class NeutronClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @param filters as Neutron has them */
  async list(
    kind: NeutronKind,
    filters: Readonly<Record<string, string>> = {},
  ): Promise<readonly NeutronObject[]> {
    const search = new URLSearchParams(filters).toString();
    const answer = await this.#ask('GET', `${kind.path}${search === '' ? '' : `?${search}`}`, null);
    return answer[kind.collection] as readonly NeutronObject[];
  }

  /** The one with this id or, where there is none, with this name. @throws {SriovError} OBJECT_UNKNOWN, OBJECT_AMBIGUOUS */
  async find(kind: NeutronKind, nameOrId: string): Promise<NeutronObject> {
    if (UUID.test(nameOrId)) {
      const [byId] = await this.list(kind, { id: nameOrId });
      if (byId !== undefined) return byId;
    }
    const [first, ...others] = await this.list(kind, { name: nameOrId });
    const what = `${kind.name} "${nameOrId.slice(0, 100)}"`;
    if (first === undefined)
      throw new SriovError('OBJECT_UNKNOWN', `Cannot find ${what}: nothing has this name or id`);
    if (others.length === 0) return first;
    const ids = [first, ...others].map(({ id }) => id);
    throw new SriovError(
      'OBJECT_AMBIGUOUS',
      `Cannot tell which ${what} is meant: ${ids.length} have this name`,
      {
        hint: `Give one of the ids: ${ids.join(', ')}`,
      },
    );
  }

  async create(kind: NeutronKind, values: Values): Promise<NeutronObject> {
    const answer = await this.#ask('POST', kind.path, { [kind.name]: values });
    return answer[kind.name] as NeutronObject;
  }

  async update(kind: NeutronKind, id: string, values: Values): Promise<NeutronObject> {
    const answer = await this.#ask('PUT', `${kind.path}/${id}`, { [kind.name]: values });
    return answer[kind.name] as NeutronObject;
  }

  async remove(kind: NeutronKind, id: string): Promise<void> {
    await this.#ask('DELETE', `${kind.path}/${id}`, null);
  }

  async #ask(method: string, path: string, body: object | null): Promise<Values> {
    const answer = await this.#transport({
      method,
      path: `/v2.0/${path}`,
      body: body === null ? null : JSON.stringify(body),
    });
    if (answer.status === 204) return {};
    const document = documentOf(answer);
    if (answer.status >= 200 && answer.status < 300) return document;
    throw refusalOf(document, answer.status);
  }
}

function documentOf({ body, status }: Answer): Values {
  try {
    const document: unknown = JSON.parse(body);
    if (typeof document === 'object' && document !== null) return document as Values;
  } catch {
    // Said below: whatever it is, it is not Neutron's.
  }
  throw new SriovError(
    'CONTROLLER_UNREACHABLE',
    `Cannot read the answer: status ${status} without a document, so something else than Neutron's API answers there`,
    { details: { status } },
  );
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'REQUEST_INVALID',
  401: 'AUTHENTICATION_FAILED',
  403: 'ROLE_MISSING',
  404: 'OBJECT_UNKNOWN',
  500: 'INTERNAL',
};

/** Neutron's refusal in our words, or what our controller has put into Neutron's: its type is kept among the details. */
function refusalOf(document: Values, status: number): SriovError {
  const { NeutronError: refusal, error } = document as {
    readonly NeutronError?: { readonly type?: string; readonly message?: string; readonly detail?: string };
    readonly error?: { readonly message?: string };
  };
  const why = refusal?.message ?? error?.message ?? `status ${status}`;
  const told = refusal?.detail ?? '';
  const isOurs = Object.hasOwn(ERROR_TABLE, told);
  const code = isOurs ? (told as ErrorCode) : (CODES[status] ?? 'API_REFUSED');
  // Neutron has no place for a hint, so our controller says it in the message; here it has one of its own again.
  const { hint } = ERROR_TABLE[code];
  const text = isOurs && why.endsWith(`. ${hint}`) ? why.slice(0, -hint.length - 2) : why;
  return new SriovError(code, `Cannot do what was asked: ${text.replace(/\.$/, '')}`, {
    details: { status, type: refusal?.type ?? null },
  });
}
