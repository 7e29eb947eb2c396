import { ERROR_TABLE, type ErrorCode, isErrorCode } from './error-table.ts';

/** Facts for programs: addresses, paths, errno, limits. Never secrets. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * The one error class of virtfn. `code` is what programs branch on; the message says what was attempted and
 * what was found; `hint` says what to do.
 */
export class SriovError extends Error {
  override readonly name = 'SriovError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly hint: string;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: ErrorDetails; readonly cause?: unknown; readonly hint?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.hint = options.hint ?? ERROR_TABLE[code].hint;
  }
}

/** Whether `value` is an error of ours, optionally of one code. */
export function isSriovError(value: unknown, code?: ErrorCode): value is SriovError {
  return value instanceof SriovError && (code === undefined || value.code === code);
}

/** An error that another program has told in words. It may be of a newer version, with a code that this one does not know. */
export function errorOfTold({
  code,
  message,
  hint,
}: {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}): SriovError {
  return new SriovError(isErrorCode(code) ? code : 'INTERNAL', message, { hint });
}

/** Gives errors of ours back as they are and wraps all others as INTERNAL, with their cause kept. */
export function toSriovError(value: unknown): SriovError {
  if (value instanceof SriovError) return value;
  const text = value instanceof Error ? value.message : String(value);
  return new SriovError('INTERNAL', `Cannot go on: ${text}`, { cause: value });
}
