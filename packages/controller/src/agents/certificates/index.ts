// The controller's own certificate authority: X.509 certificates for itself and for agents, P-256 throughout.
// Must never read or write a file, and never sign what the caller has not decided to admit.
export {
  type AuthorityPems,
  CertificateAuthority,
  createAuthorityPems,
  issuedAt,
} from './certificate-authority.ts';
