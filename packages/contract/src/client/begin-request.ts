import type http from 'node:http';
import type tls from 'node:tls';
import { isSriovError, SriovError } from '@virtfn/model';

/**
 * Begins a request to `endpoint`, `http://…` or `https://…`. By node:http and not fetch, whose import alone costs a command
 * line 60 ms; and an import of node:http 40 ms, because it looks at all that the module has, fetch's own parts too.
 *
 * @throws {SriovError} REQUEST_INVALID: the endpoint is no such address
 */
export function beginRequest(
  endpoint: string,
  path: string,
  options: http.RequestOptions,
): http.ClientRequest {
  const url = URL.canParse(path, endpoint) ? new URL(path, endpoint) : null;
  switch (url?.protocol) {
    case 'http:':
      return process.getBuiltinModule('node:http').request(url, options);
    case 'https:':
      return process.getBuiltinModule('node:https').request(url, { ...options, ca: authorities() });
    default:
      throw new SriovError(
        'REQUEST_INVALID',
        `Cannot ask "${endpoint}": that is no address of a controller`,
        {
          details: { endpoint },
          hint: 'Give one as http://127.0.0.1:9696 or https://virtfn.example',
        },
      );
  }
}

/** What OpenSSL says of a certificate that nobody here vouches for (`openssl verify`, x509_vfy.h). */
const UNTRUSTED: ReadonlySet<unknown> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** An error of ours for a request that had no answer. */
export function unreachable(endpoint: string, cause: unknown): SriovError {
  if (isSriovError(cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const message = cause instanceof Error ? cause.message : String(cause);
  const why = code === 'EPROTO' ? 'it does not speak TLS' : message;
  const hint = UNTRUSTED.has(code)
    ? {
        hint: 'Have this machine trust the authority of that certificate, or name its file in NODE_EXTRA_CA_CERTS',
      }
    : {};
  return new SriovError('CONTROLLER_UNREACHABLE', `Cannot reach ${endpoint}: ${why}`, {
    ...hint,
    details: { endpoint },
    cause,
  });
}

let known: string[] | null = null;

/** Node's own, those of NODE_EXTRA_CA_CERTS, and those that this machine trusts, where organisations put theirs. */
function authorities(): string[] {
  const { getCACertificates }: typeof tls = process.getBuiltinModule('node:tls');
  known ??= [...getCACertificates('default'), ...getCACertificates('system')];
  return known;
}
