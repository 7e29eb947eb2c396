import tls from 'node:tls';
import { CONTROLLER_NAME } from '@virtfn/contract/agent-link';
import { SriovError } from '@virtfn/model';
import { tlsRefusal } from './tls-refusal.ts';

const LIMIT_MS = 30_000;
/** A chain that is longer is none of ours: the controller's certificate, and the authority's. */
const LONGEST_CHAIN = 4;

/**
 * Asks whoever answers at an address for the authority's certificate that has this fingerprint. Nothing is sent, as nobody
 * knows yet who answers: the caller connects again, and trusts this certificate alone.
 *
 * @param fingerprint SHA-256, 64 hexadecimal digits
 * @returns PEM
 * @throws {SriovError} CONTROLLER_UNREACHABLE, CONTROLLER_UNTRUSTED
 */
export async function fetchAuthority(url: string, fingerprint: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = tls.connect({
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: port === '' ? 443 : Number(port),
    servername: CONTROLLER_NAME,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    timeout: LIMIT_MS,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error('no answer in time')));
    });
    const found = findInChain(socket.getPeerCertificate(true), fingerprint);
    if (found !== null) return pemOf(found.raw);
  } catch (error) {
    throw tlsRefusal(url, error);
  } finally {
    socket.destroy();
  }
  throw new SriovError(
    'CONTROLLER_UNTRUSTED',
    `Cannot enrol at ${url}: whoever answers there was not certified by the authority that the token names`,
    { details: { url } },
  );
}

function findInChain(
  first: tls.DetailedPeerCertificate,
  fingerprint: string,
): tls.DetailedPeerCertificate | null {
  // A chain that is not whole ends before its root.
  let certificate: tls.DetailedPeerCertificate | undefined = first;
  for (let depth = 0; depth < LONGEST_CHAIN && certificate !== undefined; depth += 1) {
    if (certificate.fingerprint256.replaceAll(':', '').toLowerCase() === fingerprint) return certificate;
    certificate = certificate.issuerCertificate;
  }
  return null;
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
