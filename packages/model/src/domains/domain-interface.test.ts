import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAttachmentId } from '../names/index.ts';
import { interfaceAlias, ownerOfAlias } from './domain-interface.ts';

test('ownerOfAlias() reads what interfaceAlias() wrote', () => {
  const anyId = fc.oneof(fc.uuid(), fc.stringMatching(/^[a-z0-9](?:[a-z-]{0,62}[A-Z0-9])?$/));
  fc.assert(
    fc.property(anyId, fc.constantFrom('port', 'standby'), (id, role) => {
      const attachmentId = parseAttachmentId(id);
      assert.deepEqual(ownerOfAlias(interfaceAlias(attachmentId, role)), { attachmentId, role });
    }),
  );
});

test('ownerOfAlias() takes no name of others for one of ours, whatever it looks like', () => {
  const names = [
    null,
    '',
    'net0',
    'ua-net',
    'ua-virtfn-',
    'ua-virtfn--',
    'ua-virtfn-a-',
    'ua-virtfn-_standby',
  ];
  for (const alias of names) assert.equal(ownerOfAlias(alias), null, `${alias}`);
});
