import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { questionsFor } from './questions.ts';

describe('questionsFor()', () => {
  for (const { words, ports, pciAddress = null } of [
    { words: ' FA-16-3E-00-00-01 ', ports: [{ mac_address: 'fa:16:3e:00:00:01' }] },
    { words: '10.0.0.7', ports: [{ fixed_ips: 'ip_address=10.0.0.7' }] },
    { words: '2001:DB8::7', ports: [{ fixed_ips: 'ip_address=2001:db8::7' }] },
    { words: '82:10.2', ports: [], pciAddress: '0000:82:10.2' },
    { words: '0001:AF:00.1', ports: [], pciAddress: '0001:af:00.1' },
    {
      words: '6b8f2f0e-0d0f-4c3c-9d3a-3f6a5d1b7c10',
      ports: ['id', 'device_id', 'network_id'].map((key) => ({
        [key]: '6b8f2f0e-0d0f-4c3c-9d3a-3f6a5d1b7c10',
      })),
    },
    { words: 'Web 1', ports: [{ name: 'Web 1' }] },
  ])
    it(`asks for "${words}"`, () => {
      assert.deepEqual(questionsFor(words), { ports, pciAddress, vm: words.trim() });
    });
});
