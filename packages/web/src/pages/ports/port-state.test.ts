import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachmentDocument } from '@virtfn/contract';
import type { Port } from '../../neutron/index.ts';
import { portState } from './port-state.ts';

// Only what the function looks at.
const BOUND = { status: 'ACTIVE', isAdminUp: true, vifType: 'hw_veb' } as Port;
const attachment = (state: AttachmentDocument['state'], code?: string): AttachmentDocument =>
  ({
    state,
    reason: code === undefined ? null : { code, message: `Cannot: ${code}`, hint: '' },
  }) as AttachmentDocument;

describe('portState()', () => {
  for (const { name, port, vf, want } of [
    { name: 'a port that is set up', port: {}, vf: attachment('configured'), want: 'active' },
    { name: 'one that nobody has bound', port: { status: 'DOWN', vifType: 'unbound' }, want: 'not bound' },
    { name: 'one that no host took', port: { status: 'DOWN', vifType: 'binding_failed' }, want: 'failed' },
    {
      name: 'one that is on its way',
      port: { status: 'DOWN' },
      vf: attachment('wanted'),
      want: 'being set up',
    },
    { name: 'one that its host refused', port: { status: 'DOWN' }, vf: attachment('failed'), want: 'failed' },
    { name: 'the same, for who sees no attachments', port: { status: 'ERROR' }, want: 'failed' },
    {
      name: 'one whose host is silent, whatever was said',
      port: {},
      vf: attachment('unknown'),
      want: 'unknown',
    },
    { name: 'one that is switched off', port: { status: 'DOWN', isAdminUp: false }, want: 'off' },
    { name: 'one of which little is shown', port: { status: 'DOWN', vifType: null }, want: 'down' },
  ] as const)
    it(`calls ${name}: ${want}`, () => {
      assert.equal(portState({ ...BOUND, ...port }, vf).name, want);
    });

  it('says why a host refused', () => {
    assert.equal(portState(BOUND, attachment('failed', 'MAC_REFUSED')).words, 'Cannot: MAC_REFUSED');
  });
});
