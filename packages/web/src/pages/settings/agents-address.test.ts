import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentsAddress } from './agents-address.ts';

describe('agentsAddress()', () => {
  const table: readonly { readonly given: string; readonly want: string }[] = [
    { given: 'controller.example', want: 'https://controller.example:9000' },
    { given: '[2001:db8::1]', want: 'https://[2001:db8::1]:9000' },
    { given: '127.0.0.1', want: 'https://CONTROLLER:9000' },
    { given: 'localhost', want: 'https://CONTROLLER:9000' },
    { given: '[::1]', want: 'https://CONTROLLER:9000' },
  ];
  for (const { given, want } of table)
    it(`of ${given} is ${want}`, () => assert.equal(agentsAddress(given, 9000), want));
});
