import { ERROR_STATUS } from '@virtfn/contract';
import { isSriovError } from '@virtfn/model';
import type { FastifyError } from 'fastify';
import { badRequest, NeutronError } from '../wire/neutron-error.ts';

/** An answer that refuses, in Neutron's form. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
}

/**
 * Puts whatever was thrown into Neutron's words; what nobody meant to happen tells nothing of itself. An error of ours has
 * its code in `detail`, which Neutron's clients show at most: one status, and one of Neutron's types, is many of them.
 */
export function refusalOf(error: unknown): Refusal {
  const { status, type, message } = neutronErrorOf(error);
  const detail = isSriovError(error) ? error.code : '';
  return { status, body: JSON.stringify({ NeutronError: { type, message, detail } }) };
}

function neutronErrorOf(error: unknown): NeutronError {
  if (error instanceof NeutronError) return error;
  if (isSriovError(error)) {
    const status = ERROR_STATUS[error.code];
    const type = status === 503 ? 'ServiceUnavailable' : error.code;
    return new NeutronError(status, type, `${error.message}. ${error.hint}`, error);
  }
  const { statusCode } = (error ?? {}) as Partial<FastifyError>;
  if (statusCode === 415 || statusCode === 400) return badRequest('Body contains invalid data');
  if (statusCode === 413) return new NeutronError(413, 'HTTPRequestEntityTooLarge', 'Request is too large.');
  return new NeutronError(
    500,
    'HTTPInternalServerError',
    'Request Failed: internal server error while processing your request.',
    error,
  );
}
