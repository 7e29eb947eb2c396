import { SriovError } from '@virtfn/model';
import type { Identity } from './identity.ts';

/** Headers of a request, their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Finds out who asks. */
export interface Authenticator {
  /** Whether it believes everybody. Then the address it listens on must be this machine's alone. */
  readonly isOpen: boolean;
  /** @throws {SriovError} AUTHENTICATION_FAILED, AUTHENTICATION_UNAVAILABLE */
  authenticate(headers: RequestHeaders): Promise<Identity>;
  /** Headers of the answer to whom it does not know: how to prove who one is. */
  challenge(): Readonly<Record<string, string>>;
}

/** A header that was sent once. Sent twice is as if not sent: nobody shall pick the one that is liked better. */
export function headerOf(headers: RequestHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A refusal that tells whoever tries nothing about why. @param why for the log only, as the cause */
export function refuseCredentials(why: string): SriovError {
  return new SriovError(
    'AUTHENTICATION_FAILED',
    'Cannot answer the request: who asks has not proved who it is',
    { cause: new Error(why) },
  );
}
