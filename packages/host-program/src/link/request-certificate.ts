import https from 'node:https';
import {
  CONTROLLER_NAME,
  ENROLMENT_PATH,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  parseEnrolmentAnswer,
} from '@virtfn/contract/agent-link';
import { type ErrorCode, SriovError } from '@virtfn/model';
import { tlsRefusal } from './tls-refusal.ts';

/** How the host shows who it is, and by whom it knows the controller. PEM. */
export interface Credentials {
  readonly ca: string;
  /** null: with the token of the request only. */
  readonly own: { readonly certificate: string; readonly key: string } | null;
}

const LIMIT_MS = 30_000;
const MOST_BYTES = 65_536;

/**
 * Asks a controller for a certificate.
 *
 * @throws {SriovError} CONTROLLER_UNREACHABLE, CONTROLLER_UNTRUSTED, and what the controller refuses with
 */
export async function requestCertificate(
  url: string,
  { ca, own }: Credentials,
  asked: EnrolmentRequest,
): Promise<EnrolmentAnswer> {
  try {
    const { status, text } = await post(url, JSON.stringify(asked), {
      ca,
      ...(own === null ? {} : { cert: own.certificate, key: own.key }),
    });
    if (status === 200) return parseEnrolmentAnswer(text);
    throw refusalOf(url, status, text);
  } catch (error) {
    throw tlsRefusal(url, error);
  }
}

function post(
  url: string,
  body: string,
  tls: https.RequestOptions,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      `${url}${ENROLMENT_PATH}`,
      {
        ...tls,
        method: 'POST',
        agent: false,
        servername: CONTROLLER_NAME,
        minVersion: 'TLSv1.3',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(LIMIT_MS),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MOST_BYTES) request.destroy(new Error('the answer is too long'));
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function refusalOf(url: string, status: number | undefined, text: string): SriovError {
  try {
    const { error } = JSON.parse(text) as { error: { code: ErrorCode; message: string; hint: string } };
    return new SriovError(error.code, error.message, { hint: error.hint });
  } catch (cause) {
    return new SriovError(
      'CONTROLLER_UNREACHABLE',
      `Cannot get a certificate at ${url}: the answer has status ${status} and is not a controller's`,
      { cause },
    );
  }
}
