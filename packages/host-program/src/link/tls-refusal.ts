import { type ErrorCode, SriovError } from '@virtfn/model';

/** What OpenSSL and Node call a certificate that is not what it should be. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What went wrong between this host and a controller, for people. Errors of ours are given back as they are. */
export function tlsRefusal(url: string, error: unknown): SriovError {
  if (error instanceof SriovError) return error;
  const errno = (error as NodeJS.ErrnoException).code ?? 'an error';
  const code: ErrorCode = UNTRUSTED.has(errno) ? 'CONTROLLER_UNTRUSTED' : 'CONTROLLER_UNREACHABLE';
  const found = code === 'CONTROLLER_UNTRUSTED' ? 'its certificate was found' : 'the system answered';
  return new SriovError(code, `Cannot reach the controller at ${url}: ${found} ${errno}`, {
    details: { url, errno },
    hint:
      code === 'CONTROLLER_UNTRUSTED'
        ? 'Check the address and the clock of this host; after a change of the CA, enrol the host anew'
        : 'Check that the controller runs, the address, and that no firewall stands between',
    cause: error,
  });
}
