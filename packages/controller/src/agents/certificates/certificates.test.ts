import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { isSriovError, parseHostId } from '@virtfn/model';
import fc from 'fast-check';
import { integer, objectIdentifier, octetString, time } from './der.ts';
import { CertificateAuthority, createAuthorityPems } from './index.ts';

const NOW = new Date('2026-03-04T05:06:07Z');
const FISH = parseHostId('fish-7.rack_2.example');
const pemOf = (namedCurve: string): string =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

describe('DER', () => {
  for (const { name, given, want } of [
    { name: '0', given: integer(Buffer.from([0, 0])), want: '020100' },
    { name: '127', given: integer(Buffer.from([0x7f])), want: '02017f' },
    { name: '128, with a byte for its sign', given: integer(Buffer.from([0x80])), want: '02020080' },
    { name: '1 with leading zeros', given: integer(Buffer.from([0, 0, 1])), want: '020101' },
    {
      name: 'an object identifier',
      given: objectIdentifier('1.2.840.10045.4.3.2'),
      want: '06082a8648ce3d040302',
    },
    {
      name: 'a moment of 2049',
      given: time(new Date('2049-12-31T23:59:59Z')),
      want: '170d3439313233313233353935395a',
    },
    {
      name: 'a moment of 2050',
      given: time(new Date('2050-01-01T00:00:00Z')),
      want: '180f32303530303130313030303030305a',
    },
  ]) {
    it(`writes ${name}`, () => assert.equal(given.toString('hex'), want));
  }

  it('writes lengths of any size as X.690 does', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000), (length) => {
        const written = octetString(Buffer.alloc(length));
        const first = written[1] ?? 0;
        const digits = first < 0x80 ? 0 : first & 0x7f;
        const read =
          digits === 0 ? first : Number.parseInt(written.subarray(2, 2 + digits).toString('hex'), 16);
        assert.equal(read, length);
        assert.equal(written.length, 2 + digits + length);
      }),
    );
  });
});

describe('CertificateAuthority', () => {
  const authority = new CertificateAuthority(createAuthorityPems(NOW));
  const ca = new X509Certificate(authority.certificate);

  it('signs what OpenSSL reads as it was meant', () => {
    assert.ok(ca.ca && ca.verify(ca.publicKey) && ca.checkIssued(ca));
    assert.equal(authority.fingerprint, ca.fingerprint256.replaceAll(':', '').toLowerCase());
    const agent = new X509Certificate(authority.issueAgent(FISH, pemOf('P-256'), NOW));
    assert.ok(agent.verify(ca.publicKey) && agent.checkIssued(ca) && !agent.ca);
    assert.equal(agent.subject, `CN=${FISH}`);
    assert.equal(agent.subjectAltName, `DNS:${FISH}`);
    assert.deepEqual(agent.keyUsage, ['1.3.6.1.5.5.7.3.2']);
    assert.equal(agent.validFromDate.toISOString(), '2026-03-04T04:06:07.000Z');
    assert.equal(agent.validToDate.toISOString(), '2026-06-02T05:06:07.000Z');
    const server = new X509Certificate(authority.issueServer(NOW).certificate);
    assert.ok(server.verify(ca.publicKey) && server.checkHost('controller.virtfn.internal') !== undefined);
    assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  it('never gives two certificates one serial number', () => {
    const key = pemOf('P-256');
    const serials = Array.from(
      { length: 100 },
      () => new X509Certificate(authority.issueAgent(FISH, key, NOW)).serialNumber,
    );
    assert.equal(new Set(serials).size, 100);
  });

  for (const { name, given } of [
    { name: 'a key of another curve', given: pemOf('P-384') },
    { name: 'text that is no key', given: '-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n' },
    { name: 'a private key', given: createAuthorityPems(NOW).key },
    { name: 'nothing', given: '' },
  ]) {
    it(`does not certify ${name}`, () => {
      assert.throws(
        () => authority.issueAgent(FISH, given, NOW),
        (error) => isSriovError(error, 'REQUEST_INVALID'),
      );
    });
  }

  it('does not take a certificate with the key of another', () => {
    const [one, other] = [createAuthorityPems(NOW), createAuthorityPems(NOW)];
    for (const pems of [
      { certificate: one.certificate, key: other.key },
      { certificate: '', key: one.key },
      authority.issueServer(NOW),
    ]) {
      assert.throws(
        () => new CertificateAuthority(pems),
        (error) => isSriovError(error, 'CONFIG_INVALID'),
      );
    }
  });
});
