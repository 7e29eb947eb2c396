import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LibvirtDecodeError, LibvirtError, LibvirtOutcomeUnknown, LibvirtUnavailable } from '@virtfn/libvirt';
import { type ErrorCode, SriovError } from '@virtfn/model';
import { isGone, refusalOf, unreachable } from './refusal.ts';

const refused = (code: LibvirtError['code'], message: string | null = 'no such thing'): LibvirtError =>
  new LibvirtError('call virDomainAttachDeviceFlags', { code, message });

const cases: readonly {
  readonly name: string;
  readonly given: Error;
  readonly want: ErrorCode;
  readonly says: RegExp;
}[] = [
  {
    name: 'a machine that is gone',
    given: refused('VIR_ERR_NO_DOMAIN'),
    want: 'VM_UNKNOWN',
    says: /is gone$/,
  },
  {
    name: 'any other refusal, with libvirt’s own words',
    given: refused('VIR_ERR_INTERNAL_ERROR', 'unable to execute QEMU command'),
    want: 'HYPERVISOR_REFUSED',
    says: /libvirt says "unable to execute QEMU command"$/,
  },
  {
    name: 'a refusal without words, with its code',
    given: refused('VIR_ERR_OPERATION_INVALID', null),
    want: 'HYPERVISOR_REFUSED',
    says: /libvirt says "VIR_ERR_OPERATION_INVALID"$/,
  },
  ...(['timeout', 'aborted', 'connection-lost'] as const).map((reason) => ({
    name: `a call whose answer never came (${reason})`,
    given: new LibvirtOutcomeUnknown('virDomainAttachDeviceFlags', reason),
    want: 'STEP_TIMEOUT' as const,
    says: new RegExp(`nobody knows what became of it \\(${reason}\\)$`),
  })),
  {
    name: 'an answer that makes no sense',
    given: new LibvirtDecodeError('a string', 'the end', 4),
    want: 'STEP_TIMEOUT',
    says: /nobody knows what became of it/,
  },
  {
    name: 'a daemon that is not there',
    given: new LibvirtUnavailable('no-socket', 'there is no socket'),
    want: 'HYPERVISOR_UNREACHABLE',
    says: /^Cannot ask libvirt: there is no socket$/,
  },
];

describe('refusalOf()', () => {
  for (const { name, given, want, says } of cases) {
    it(`names ${name} ${want}, and keeps the cause`, () => {
      const error = refusalOf('plug VF 0000:01:10.0 into VM web1', given);
      assert.equal(error.code, want);
      assert.match(error.message, says);
      assert.equal(error.cause, given);
    });
  }

  it('gives errors of ours back as they are, and passes those of nobody on', () => {
    const own = new SriovError('NO_PCIE_SLOT', 'Cannot plug: no slot');
    assert.equal(refusalOf('plug', own), own);
    const defect = new TypeError('x is undefined');
    assert.throws(() => refusalOf('plug', defect), defect);
  });
});

describe('isGone()', () => {
  it('is for domains and devices that are not there, and nothing else', () => {
    assert.equal(isGone(refused('VIR_ERR_NO_DOMAIN')), true);
    assert.equal(isGone(refused('VIR_ERR_DEVICE_MISSING')), true);
    assert.equal(isGone(refused('VIR_ERR_OPERATION_FAILED')), false);
    assert.equal(isGone(new Error('VIR_ERR_NO_DOMAIN')), false);
  });
});

describe('unreachable()', () => {
  it('says why once, also of what is no error', () => {
    assert.equal(unreachable('lost').message, 'Cannot ask libvirt: no answer');
    const cause = new LibvirtUnavailable('refused', 'nobody listens');
    assert.equal(unreachable(cause).message, 'Cannot ask libvirt: nobody listens');
  });
});
