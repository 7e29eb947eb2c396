/** Why the lab cannot do something, in words for who typed the command, and what to do about it. */
export class LabError extends Error {
  readonly hint: string | null;

  /** `message` reads "Cannot do what: state found", without a full stop. */
  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'LabError';
    this.hint = options.hint ?? null;
  }
}
