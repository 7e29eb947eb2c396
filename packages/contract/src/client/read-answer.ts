import { type ErrorCode, ERROR_TABLE, SriovError } from '@virtfn/model';
import type { ErrorDocument } from '../v1/schemas.ts';

/** @throws {SriovError} CONTROLLER_UNREACHABLE */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SriovError(
      'CONTROLLER_UNREACHABLE',
      'Cannot read the answer: it is not JSON, so something else than virtfn answers there',
      { cause },
    );
  }
}

/** The error that a document is, which a server of ours has answered. */
export function errorOf(document: unknown, status: number): SriovError {
  const error = (document as Partial<ErrorDocument> | null)?.error;
  if (error === undefined || !(error.code in ERROR_TABLE)) {
    return new SriovError(
      'CONTROLLER_UNREACHABLE',
      `Cannot read the answer: status ${status} without an error of virtfn`,
      { details: { status } },
    );
  }
  return new SriovError(error.code as ErrorCode, error.message, {
    hint: error.hint,
    details: { requestId: error.requestId },
  });
}

/** The error that a server of ours has answered. @throws {SriovError} CONTROLLER_UNREACHABLE where it is no JSON */
export function errorOfAnswer(text: string, status: number): SriovError {
  return errorOf(parseJson(text), status);
}
