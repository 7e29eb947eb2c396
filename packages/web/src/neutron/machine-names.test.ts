import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttachmentDocument } from '@virtfn/contract';
import { MachineNames } from './machine-names.ts';

const on = (hostId: string, domainId: string, name: string | null): AttachmentDocument =>
  ({ hostId, vm: { domainId, name } }) as AttachmentDocument;

describe('MachineNames', () => {
  it('knows a machine that has come to a host by the name that it had on another', () => {
    const names = new MachineNames();
    names.fill(on('east', 'uuid', 'shop'));
    assert.equal(names.fill(on('west', 'uuid', null)).vm?.name, 'shop');
    assert.equal(names.fill(on('west', 'other', null)).vm?.name, null);
  });

  it('takes the name that was told last', () => {
    const names = new MachineNames();
    for (const name of ['shop', 'store']) names.fill(on('east', 'uuid', name));
    assert.equal(names.fill(on('west', 'uuid', null)).vm?.name, 'store');
  });
});
