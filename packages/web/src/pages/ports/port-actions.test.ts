import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachmentDocument } from '@virtfn/contract';
import type { Port } from '../../neutron/index.ts';
import { portActions } from './port-actions.ts';

describe('portActions()', () => {
  const port = (vifType: string, vnicType = 'direct'): Port => ({ vifType, vnicType }) as Port;
  const inMachine = (move: 'arriving' | 'departing' | null): AttachmentDocument =>
    ({ vm: { domainId: 'uuid', move } }) as AttachmentDocument;
  for (const { name, given, vf, want } of [
    { name: 'a port without a VF', given: port('unbound'), want: ['bind', 'attach', 'delete'] },
    {
      name: 'one that no host took',
      given: port('binding_failed'),
      want: ['bind', 'attach', 'unbind', 'delete'],
    },
    { name: 'one that needs no VF', given: port('unbound', 'normal'), want: ['delete'] },
    {
      name: 'one that is bound',
      given: port('hw_veb'),
      vf: { vm: null } as AttachmentDocument,
      want: ['attach', 'unbind', 'delete'],
    },
    {
      name: 'one in a machine',
      given: port('hw_veb'),
      vf: inMachine(null),
      want: ['detach', 'migrate', 'delete'],
    },
    { name: 'one whose machine moves', given: port('hw_veb'), vf: inMachine('departing'), want: [] },
  ])
    it(`allows for ${name}: ${want.join(', ') || 'nothing'}`, () => {
      assert.deepEqual([...portActions(given, vf, true)], want);
    });

  it('allows a member of a project to delete it, and nothing that is about hosts', () => {
    assert.deepEqual([...portActions(port('unbound'), undefined, false)], ['delete']);
  });
});
