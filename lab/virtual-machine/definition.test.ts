import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDomain } from './definition.ts';

const plain = { name: 'guppy', type: 'kvm', devices: [], kernelArguments: [] } as const;

test('formatDomain() gives a machine one identity on all hosts, and two machines two', () => {
  const uuidOf = (xml: string): string | undefined => /<uuid>(.*)<\/uuid>/.exec(xml)?.[1];
  const own = uuidOf(formatDomain(plain));
  assert.match(own ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(uuidOf(formatDomain({ ...plain, type: 'qemu', kernelArguments: ['debug'] })), own);
  assert.notEqual(uuidOf(formatDomain({ ...plain, name: 'molly' })), own);
});

test('formatDomain() takes the processor that goes with how the machine is run', () => {
  assert.match(formatDomain(plain), /<domain type='kvm'>[^]*<cpu mode='host-passthrough'\/>/);
  assert.match(formatDomain({ ...plain, type: 'qemu' }), /<domain type='qemu'>[^]*<cpu mode='maximum'\/>/);
});

test('formatDomain() keeps every machine off the first processor of its host', () => {
  for (const type of ['kvm', 'qemu'] as const)
    assert.match(formatDomain({ ...plain, type }), /<vcpu cpuset='1'>1<\/vcpu>/);
});

test('formatDomain() puts devices as they are among the others, and words behind those of every kernel', () => {
  const xml = formatDomain({
    ...plain,
    devices: ["<interface type='hostdev'/>"],
    kernelArguments: ['debug'],
  });
  assert.match(xml, /<devices>[^]*<interface type='hostdev'\/>[^]*<\/devices>/);
  assert.match(xml, /<cmdline>console=ttyS0 .* debug<\/cmdline>/);
});
