import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  explicit,
  implicit,
  integer,
  isTrue,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts';

/** What a certificate may be used for. */
export type CertificateUse = 'authority' | 'server' | 'client';

export interface CertificateContent {
  /** The common name; for a server or client its DNS name too, which is what is compared. */
  readonly name: string;
  readonly use: CertificateUse;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Signer {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** Makes and signs an X.509 v3 certificate (RFC 5280) by a P-256 key. PEM. */
export function signCertificate(content: CertificateContent, signer: Signer): string {
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSha256));
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm,
    nameOf(signer.name),
    sequence(time(content.notBefore), time(content.notAfter)),
    nameOf(content.name),
    spkiOf(content.publicKey),
    explicit(3, sequence(...extensionsOf(content, signer))),
  );
  const signature = sign('sha256', toBeSigned, signer.privateKey);
  const base64 = sequence(toBeSigned, algorithm, bitString(signature)).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(objectIdentifier(OID.commonName), utf8String(commonName))));
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** RFC 7093: a hash of the key names it. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha256').update(spkiOf(key)).digest().subarray(0, 20);
}

function extensionsOf({ name, use, publicKey }: CertificateContent, signer: Signer): readonly Buffer[] {
  const extension = (oid: string, value: Buffer): Buffer =>
    sequence(objectIdentifier(oid), octetString(value));
  const critical = (oid: string, value: Buffer): Buffer =>
    sequence(objectIdentifier(oid), isTrue(), octetString(value));
  const identifiers = [
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(signer.publicKey)))),
  ];
  if (use === 'authority') {
    return [
      // Signs agents and controllers, and no other authority.
      critical(OID.basicConstraints, sequence(isTrue(), integer(Buffer.from([0])))),
      // keyCertSign and cRLSign, bits 5 and 6.
      critical(OID.keyUsage, bitString(Buffer.from([0x06]), 1)),
      ...identifiers,
    ];
  }
  const purpose = use === 'server' ? OID.serverAuth : OID.clientAuth;
  return [
    critical(OID.basicConstraints, sequence()),
    // digitalSignature, bit 0.
    critical(OID.keyUsage, bitString(Buffer.from([0x80]), 7)),
    extension(OID.extendedKeyUsage, sequence(objectIdentifier(purpose))),
    extension(OID.subjectAltName, sequence(implicit(2, Buffer.from(name, 'ascii')))),
    ...identifiers,
  ];
}
