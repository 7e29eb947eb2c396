import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { CONTROLLER_NAME } from '@virtfn/contract/agent-link';
import { type HostId, SriovError } from '@virtfn/model';
import { type Signer, signCertificate } from './sign-certificate.ts';

/** A certificate and its key, PEM texts. */
export interface AuthorityPems {
  readonly certificate: string;
  readonly key: string;
}

const AUTHORITY_NAME = 'virtfn fleet authority';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AUTHORITY_DAYS = 20 * 365;
const SERVER_DAYS = 365;
/** Agents renew theirs when a third of it is left. */
const AGENT_DAYS = 90;

/** Makes a new authority. To be kept: whoever has its key can be any host, and the controller. */
export function createAuthorityPems(now: Date): AuthorityPems {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = { name: AUTHORITY_NAME, publicKey, privateKey };
  const content = {
    name: AUTHORITY_NAME,
    use: 'authority',
    publicKey,
    ...validFrom(now, AUTHORITY_DAYS),
  } as const;
  return { certificate: signCertificate(content, signer), key: pemOf(privateKey) };
}

/** Signs the certificates of one fleet. */
export class CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate, 64 hexadecimal digits: what an enrolment token carries. */
  readonly fingerprint: string;
  readonly #signer: Signer;

  /** @throws {SriovError} CONFIG_INVALID when the texts are not a certificate and its key */
  constructor({ certificate, key }: AuthorityPems) {
    const { parsed, privateKey } = parseAuthority(certificate, key);
    this.certificate = certificate;
    this.fingerprint = parsed.fingerprint256.replaceAll(':', '').toLowerCase();
    const name = /^CN=(.+)$/m.exec(parsed.subject)?.[1] ?? AUTHORITY_NAME;
    this.#signer = { name, publicKey: parsed.publicKey, privateKey };
  }

  /** A certificate and key for a controller. Valid for a year. */
  issueServer(now: Date): AuthorityPems {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const content = {
      name: CONTROLLER_NAME,
      use: 'server',
      publicKey,
      ...validFrom(now, SERVER_DAYS),
    } as const;
    return { certificate: signCertificate(content, this.#signer), key: pemOf(privateKey) };
  }

  /**
   * A certificate for an agent, PEM, valid for 90 days: the host's name is its common name and its DNS name.
   *
   * @param publicKey PEM
   * @throws {SriovError} REQUEST_INVALID when it is no P-256 key
   */
  issueAgent(hostId: HostId, publicKey: string, now: Date): string {
    const content = { name: hostId, use: 'client', publicKey: parsePublicKey(publicKey) } as const;
    return signCertificate({ ...content, ...validFrom(now, AGENT_DAYS) }, this.#signer);
  }
}

/** When a certificate of ours was made: it is valid from an hour earlier on. */
export function issuedAt({ validFrom: notBefore }: X509Certificate): Date {
  return new Date(new Date(notBefore).getTime() + HOUR_MS);
}

/** From an hour ago on: clocks of hosts differ. */
function validFrom(now: Date, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now.getTime() - HOUR_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

function pemOf(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parsePublicKey(pem: string): KeyObject {
  // Node would take the public half of a private key, too: that must not go over the wire.
  if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) throw badKey();
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch (cause) {
    throw badKey(cause);
  }
  throw badKey();
}

function badKey(cause?: unknown): SriovError {
  return new SriovError('REQUEST_INVALID', 'Cannot certify the key: it is not a P-256 public key', { cause });
}

function parseAuthority(
  certificate: string,
  key: string,
): { readonly parsed: X509Certificate; readonly privateKey: KeyObject } {
  try {
    const parsed = new X509Certificate(certificate);
    const privateKey = createPrivateKey(key);
    if (parsed.ca && parsed.checkPrivateKey(privateKey)) return { parsed, privateKey };
  } catch (cause) {
    throw new SriovError('CONFIG_INVALID', "Cannot use the fleet's authority: its texts are not PEM", {
      cause,
    });
  }
  throw new SriovError(
    'CONFIG_INVALID',
    "Cannot use the fleet's authority: its certificate is no authority's, or the key is not its own",
  );
}
