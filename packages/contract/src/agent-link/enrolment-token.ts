import { SriovError } from '@virtfn/model';

/**
 * What an operator carries from the controller to a new host: a secret that admits one host once, and the SHA-256 of the
 * controller's CA certificate, by which the agent knows whom it tells the secret.
 */
export interface EnrolmentToken {
  /** 256 random bits, base64url. */
  readonly secret: string;
  /** 64 hexadecimal digits, lower case. */
  readonly caFingerprint: string;
}

const TOKEN = /^virtfn-enrol-1\.([A-Za-z0-9_-]{43})\.([0-9a-f]{64})$/;

export function formatEnrolmentToken({ secret, caFingerprint }: EnrolmentToken): string {
  return `virtfn-enrol-1.${secret}.${caFingerprint}`;
}

/** Parses a token as `formatEnrolmentToken` writes it. @throws {SriovError} ENROLMENT_TOKEN_INVALID */
export function parseEnrolmentToken(text: string): EnrolmentToken {
  const [, secret, caFingerprint] = TOKEN.exec(text.trim()) ?? [];
  if (secret !== undefined && caFingerprint !== undefined) return { secret, caFingerprint };
  // Never the text itself: most of it may be a secret.
  throw new SriovError(
    'ENROLMENT_TOKEN_INVALID',
    `Cannot read the enrolment token: its ${text.trim().length} characters are not virtfn-enrol-1.SECRET.FINGERPRINT`,
  );
}
