import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type FilterRule,
  isSriovError,
  type NetdevName,
  type ObservedFilter,
  parseIpPrefix,
  parseMacAddress,
  parseNetdevName,
  planFilters,
  type PortFilter,
  type WantedFilter,
} from '@virtfn/model';
import type { PacketFiltersRig, RigVf } from './packet-filters-rig.ts';

const sources = ['192.0.2.1/32', 'fe80::5054:ff:feaa:1/128', '2001:db8::/64'].map((prefix) => ({
  mac: parseMacAddress('52:54:00:aa:00:01'),
  prefix: parseIpPrefix(prefix),
}));

const ssh: FilterRule = {
  direction: 'ingress',
  ethertype: 'IPv4',
  match: { kind: 'protocol', protocol: 6, ports: { first: 22, last: 22 } },
  remotes: ['198.51.100.0/24', '198.51.100.7/32', '203.0.113.77/25'].map(parseIpPrefix),
  isStateful: true,
};

const some: PortFilter = { sources, rules: [] };

const full: PortFilter = {
  sources,
  rules: [
    ssh,
    { ...ssh, isStateful: false },
    { ...ssh, remotes: [] },
    {
      ...ssh,
      remotes: null,
      match: { kind: 'protocol', protocol: 17, ports: { first: 0, last: 65_535 } },
    },
    { ...ssh, remotes: null, match: { kind: 'protocol', protocol: 47, ports: null } },
    { ...ssh, remotes: null, match: { kind: 'icmp', type: 8, code: 0 } },
    {
      ...ssh,
      ethertype: 'IPv6',
      remotes: [parseIpPrefix('::/0')],
      match: { kind: 'icmp', type: null, code: null },
    },
    { ...ssh, ethertype: 'IPv6', direction: 'egress', remotes: null, match: null },
    {
      ...ssh,
      ethertype: 'IPv4',
      direction: 'egress',
      remotes: [parseIpPrefix('0.0.0.0/0')],
      match: null,
    },
  ],
};

const filters: readonly { readonly name: string; readonly filter: PortFilter }[] = [
  { name: 'lets nothing pass', filter: { sources: [], rules: [] } },
  { name: 'knows addresses and no rules', filter: some },
  { name: 'has a rule of each kind', filter: full },
];

/** The suite that every `PacketFilters` passes: in memory, and on the kernel of this machine. */
export function packetFiltersContract(name: string, openRig: () => Promise<PacketFiltersRig>): void {
  describe(`PacketFilters contract: ${name}`, () => {
    let rig: PacketFiltersRig;
    before(async () => {
      rig = await openRig();
    });
    after(() => rig.close());
    beforeEach(() => rig.reset());

    const set = (vf: RigVf, filter: PortFilter): Promise<void> =>
      rig.filters.apply({ kind: 'set-filter', ...vf, filter });
    const remove = ({ pciAddress }: RigVf): Promise<void> =>
      rig.filters.apply({ kind: 'remove-filter', pciAddress });
    const look = async (): Promise<readonly ObservedFilter[]> =>
      (await rig.filters.observe()).toSorted((a, b) => (a.pciAddress < b.pciAddress ? -1 : 1));
    const isRefused = (error: unknown): boolean => isSriovError(error, 'FILTER_REFUSED');

    it('observe() finds nothing where nothing was set', async () => {
      assert.deepEqual(await look(), []);
    });

    for (const { name: what, filter } of filters) {
      it(`set-filter puts one there that ${what}, twice without harm`, async () => {
        const [vf] = rig.vfs;
        await set(vf, filter);
        await set(vf, filter);
        assert.deepEqual(await look(), [{ ...vf, filter }]);
      });
    }

    it('set-filter puts another in the place of one, and leaves that of a neighbour alone', async () => {
      const [vf, neighbour] = rig.vfs;
      await set(vf, full);
      await set(neighbour, some);
      await set(vf, some);
      await set(neighbour, full);
      assert.deepEqual(await look(), [
        { ...vf, filter: some },
        { ...neighbour, filter: full },
      ]);
    });

    it('remove-filter takes it away, also when it is away already', async () => {
      const [vf, neighbour] = rig.vfs;
      await set(vf, full);
      await set(neighbour, full);
      await remove(vf);
      await remove(vf);
      assert.deepEqual(await look(), [{ ...neighbour, filter: full }]);
    });

    it('set-filter is refused on an interface that is not there, and what was there stays', async () => {
      const [vf] = rig.vfs;
      await set(vf, some);
      const absent = { ...vf, netdevName: parseNetdevName('virtfn-none') };
      await assert.rejects(set(absent, full), isRefused);
      assert.deepEqual(await look(), [{ ...vf, filter: some }]);
    });

    it('applyAll() makes several changes, each refusal exact', async () => {
      const [vf, neighbour] = rig.vfs;
      const absent = { ...vf, netdevName: parseNetdevName('virtfn-none') };
      const errors = await rig.filters.applyAll([
        { kind: 'set-filter', ...absent, filter: full },
        { kind: 'set-filter', ...neighbour, filter: some },
      ]);
      assert.deepEqual(errors.map(isRefused), [true, false]);
      assert.deepEqual([errors[1], await look()], [null, [{ ...neighbour, filter: some }]]);
      const changes = [
        { kind: 'set-filter', ...vf, filter: full },
        { kind: 'remove-filter', pciAddress: neighbour.pciAddress },
      ] as const;
      assert.deepEqual(await rig.filters.applyAll(changes), [null, null]);
      assert.deepEqual(await look(), [{ ...vf, filter: full }]);
      assert.deepEqual(await rig.filters.applyAll([]), []);
    });

    it('another run of the program finds the filters without what they were meant to be, and sets them again', async () => {
      const [vf] = rig.vfs;
      await set(vf, full);
      await rig.restartProgram();
      assert.deepEqual(await look(), [{ ...vf, filter: null }]);
      await set(vf, full);
      assert.deepEqual(await look(), [{ ...vf, filter: full }]);
    });

    it('a filter that somebody else has changed is not taken for what was put there, and set again', async () => {
      const [vf, neighbour] = rig.vfs;
      await set(vf, full);
      await set(neighbour, full);
      await rig.tamperWith(vf.pciAddress);
      assert.deepEqual(await look(), [
        { ...vf, filter: null },
        { ...neighbour, filter: full },
      ]);
      await set(vf, full);
      assert.deepEqual(
        await look(),
        [vf, neighbour].map((each) => ({ ...each, filter: full })),
      );
    });

    it('filters that were flushed are not there, and set again', async () => {
      const [vf] = rig.vfs;
      await set(vf, full);
      await rig.flushAll();
      assert.deepEqual(await look(), []);
      await set(vf, full);
      assert.deepEqual(await look(), [{ ...vf, filter: full }]);
    });

    it('watch() tells of what is done to filters, also by somebody else, until it is stopped', async () => {
      const [vf] = rig.vfs;
      let told = Promise.withResolvers<void>();
      const stop = rig.filters.watch(() => told.resolve());
      const changes: readonly (() => Promise<void>)[] = [
        () => set(vf, full),
        () => rig.tamperWith(vf.pciAddress),
        () => rig.flushAll(),
      ];
      for (const change of changes) {
        await change();
        await told.promise;
        // What is told late belongs to the same change.
        await look();
        told = Promise.withResolvers<void>();
      }
      stop();
      let isTold = false;
      void told.promise.then(() => (isTold = true));
      await set(vf, some);
      await look();
      assert.equal(isTold, false);
    });

    it('the filter of an interface that is gone is on none, and set again when there is one', async () => {
      const [vf] = rig.vfs;
      await set(vf, full);
      await rig.removeNetdev(vf.netdevName);
      assert.deepEqual(
        (await look()).map(({ netdevName }) => netdevName).filter((found) => found !== null),
        [],
      );
      await assert.rejects(set(vf, full), isRefused);
      await rig.addNetdev(vf.netdevName);
      await set(vf, full);
      assert.deepEqual(await look(), [{ ...vf, filter: full }]);
    });

    it('the filter of an interface with a new name is not said to be on the old one, and goes to the new one', async () => {
      const [vf] = rig.vfs;
      const renamed: NetdevName = parseNetdevName('virtfn-new');
      await set(vf, full);
      await rig.renameNetdev(vf.netdevName, renamed);
      assert.ok((await look()).every(({ netdevName }) => netdevName !== vf.netdevName));
      await set({ ...vf, netdevName: renamed }, full);
      assert.deepEqual(await look(), [{ ...vf, netdevName: renamed, filter: full }]);
    });

    it('planFilters() leads from any of these to any other in one go', async () => {
      const [vf, neighbour] = rig.vfs;
      const states: readonly (readonly WantedFilter[])[] = [
        [],
        [{ ...vf, filter: some }],
        [
          { ...vf, filter: full },
          { ...neighbour, filter: some },
        ],
        [{ ...neighbour, filter: full }],
      ];
      for (const from of states)
        for (const to of states) {
          for (const wanted of [from, to]) {
            const errors = await rig.filters.applyAll(planFilters(wanted, await look()));
            assert.ok(errors.every((error) => error === null));
            assert.deepEqual(planFilters(wanted, await look()), []);
            assert.deepEqual(await look(), wanted);
          }
        }
    });
  });
}
