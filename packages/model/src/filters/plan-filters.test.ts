import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIpPrefix } from '../ip/index.ts';
import { parseNetdevName } from '../names/index.ts';
import { parsePciAddress, type PciAddress } from '../pci/index.ts';
import {
  describeFilterStep,
  type FilterStep,
  type ObservedFilter,
  planFilters,
  type PortFilter,
  type WantedFilter,
} from './index.ts';

const closed: PortFilter = { sources: [], rules: [] };
const open: PortFilter = {
  sources: [],
  rules: [
    {
      direction: 'ingress',
      ethertype: 'IPv4',
      match: null,
      remotes: [parseIpPrefix('192.0.2.0/24')],
      isStateful: true,
    },
  ],
};
const a = { pciAddress: parsePciAddress('0000:3b:10.0'), netdevName: parseNetdevName('ens1f0v0') };
const b = { pciAddress: parsePciAddress('0000:3b:10.1'), netdevName: parseNetdevName('ens1f0v1') };

const cases: readonly {
  readonly name: string;
  readonly given: readonly [wanted: readonly WantedFilter[], observed: readonly ObservedFilter[]];
  readonly want: readonly FilterStep[];
}[] = [
  { name: 'does nothing where nothing is wanted or there', given: [[], []], want: [] },
  {
    name: 'does nothing where all is as wanted',
    given: [[{ ...a, filter: open }], [{ ...a, filter: structuredClone(open) }]],
    want: [],
  },
  {
    name: 'sets what is not there, and takes away what nobody wants',
    given: [[{ ...a, filter: open }], [{ ...b, filter: open }]],
    want: [
      { kind: 'set-filter', ...a, filter: open },
      { kind: 'remove-filter', pciAddress: b.pciAddress },
    ],
  },
  {
    name: 'sets what is another',
    given: [[{ ...a, filter: open }], [{ ...a, filter: closed }]],
    want: [{ kind: 'set-filter', ...a, filter: open }],
  },
  {
    name: 'sets again what nobody knows',
    given: [[{ ...a, filter: open }], [{ ...a, filter: null }]],
    want: [{ kind: 'set-filter', ...a, filter: open }],
  },
  {
    name: 'sets again what is on another interface, or on none',
    given: [
      [
        { ...a, filter: open },
        { ...b, filter: open },
      ],
      [
        { ...a, netdevName: null, filter: open },
        { ...b, netdevName: a.netdevName, filter: open },
      ],
    ],
    want: [
      { kind: 'set-filter', ...a, filter: open },
      { kind: 'set-filter', ...b, filter: open },
    ],
  },
];
for (const { name, given, want } of cases) {
  test(`planFilters() ${name}`, () => {
    assert.deepEqual(planFilters(...given), want);
  });
}

const vfs = Array.from({ length: 4 }, (_, at) => parsePciAddress(`0000:3b:10.${at}`));
const name = fc.constantFrom(a.netdevName, b.netdevName);
const filter = fc.constantFrom(open, closed);

test('planFilters() leads from anything to what is wanted, with at most one step for a VF, and is then at its end', () => {
  const wanted = fc.uniqueArray(
    fc.record({ pciAddress: fc.constantFrom(...vfs), netdevName: name, filter }),
    { selector: ({ pciAddress }) => pciAddress },
  );
  const observed = fc.uniqueArray(
    fc.record({
      pciAddress: fc.constantFrom(...vfs),
      netdevName: fc.option(name),
      filter: fc.option(filter),
    }),
    { selector: ({ pciAddress }) => pciAddress },
  );
  fc.assert(
    fc.property(wanted, observed, (wants, found) => {
      const steps = planFilters(wants, found);
      const there = new Map<PciAddress, ObservedFilter>(found.map((each) => [each.pciAddress, each]));
      for (const step of steps) {
        if (step.kind === 'remove-filter') there.delete(step.pciAddress);
        else there.set(step.pciAddress, step);
      }
      assert.equal(new Set(steps.map(({ pciAddress }) => pciAddress)).size, steps.length);
      assert.equal(there.size, wants.length);
      for (const want of wants) {
        const made = there.get(want.pciAddress);
        assert.deepEqual([made?.netdevName, made?.filter], [want.netdevName, want.filter]);
      }
      assert.deepEqual(planFilters(wants, [...there.values()]), []);
    }),
  );
});

test('describeFilterStep() says what is done to which VF', () => {
  assert.deepEqual(
    [
      { kind: 'set-filter', ...a, filter: open } as const,
      { kind: 'remove-filter', pciAddress: b.pciAddress } as const,
    ].map(describeFilterStep),
    ['filter packets on ens1f0v0 (VF 0000:3b:10.0)', 'take the packet filter off VF 0000:3b:10.1'],
  );
});
