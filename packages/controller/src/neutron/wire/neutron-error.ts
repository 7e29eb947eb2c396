/**
 * An answer that refuses, in Neutron's words: clients branch on `type`, and people compare `message` with what they
 * know. Never leaves this folder; what comes in from outside is an SriovError, and is put into these words at the end.
 */
export class NeutronError extends Error {
  /** HTTP status. */
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
    this.type = type;
  }
}

/** What the request's form is refused with. */
export const badRequest = (message: string): NeutronError => new NeutronError(400, 'HTTPBadRequest', message);

/** What a plug-in refuses a value with. */
export const invalidInput = (what: string): NeutronError =>
  new NeutronError(400, 'InvalidInput', `Invalid input for operation: ${what}.`);

/** What a plug-in refuses a request with, as a whole. */
export const badResourceRequest = (resource: string, what: string): NeutronError =>
  new NeutronError(400, 'BadRequest', `Bad ${resource} request: ${what}.`);

export const conflict = (type: string, message: string): NeutronError => new NeutronError(409, type, message);

export const resourceNotFound = (): NeutronError =>
  new NeutronError(404, 'HTTPNotFound', 'The resource could not be found.');

export const forbidden = (rule: string): NeutronError =>
  new NeutronError(403, 'PolicyNotAuthorized', `${rule} is disallowed by policy`);
