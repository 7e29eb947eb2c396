import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { packetFiltersContract, type RigVf } from '@virtfn/host/contract';
import { isSriovError, parseNetdevName, parsePciAddress, type PortFilter } from '@virtfn/model';
import { KernelTables } from './kernel-tables.ts';
import { NftPacketFilters } from './nft-packet-filters.ts';
import { tableNameOf } from './table-name.ts';
import { inOwnNetwork } from './testing/index.ts';

const vf: RigVf = { pciAddress: parsePciAddress('0000:3b:10.0'), netdevName: parseNetdevName('ens1f0v0') };
const neighbour: RigVf = {
  pciAddress: parsePciAddress('10000:3b:10.1'),
  netdevName: parseNetdevName('ens1f0v1'),
};
const closed: PortFilter = { sources: [], rules: [] };
/** Its ports are in an order that nft refuses. */
const backwards: PortFilter = {
  sources: [],
  rules: [
    {
      direction: 'ingress',
      ethertype: 'IPv4',
      match: { kind: 'protocol', protocol: 6, ports: { first: 90, last: 80 } },
      remotes: null,
      isStateful: false,
    },
  ],
};

const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const nft = (...args: readonly string[]): string => run('/usr/sbin/nft', ...args);
const addNetdev = (name: string): string => run('ip', 'link', 'add', name, 'type', 'bridge');

test('NftPacketFilters says that it cannot filter where there is no nft', async () => {
  using filters = new NftPacketFilters({ program: '/nonexistent/nft' });
  const isUnavailable = (error: unknown): boolean => isSriovError(error, 'FILTERS_UNAVAILABLE');
  await assert.rejects(filters.observe(), isUnavailable);
  await assert.rejects(filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress }), isUnavailable);
});

inOwnNetwork(import.meta.filename, () => {
  packetFiltersContract('nftables', async () => {
    let filters = new NftPacketFilters();
    const removeAll = (): void => {
      nft('flush', 'ruleset');
      for (const name of run('ip', '-brief', 'link').matchAll(/^(?:ens1f0v\d|virtfn-new)\b/gm))
        run('ip', 'link', 'delete', name[0]);
    };
    return {
      get filters() {
        return filters;
      },
      vfs: [vf, neighbour],
      async reset() {
        removeAll();
        for (const { netdevName } of [vf, neighbour]) addNetdev(netdevName);
      },
      async restartProgram() {
        filters[Symbol.dispose]();
        filters = new NftPacketFilters();
      },
      flushAll: async () => void nft('flush', 'ruleset'),
      tamperWith: async (pciAddress) =>
        void nft('insert', 'rule', 'netdev', tableNameOf(pciAddress), 'ingress', 'accept'),
      removeNetdev: async (name) => void run('ip', 'link', 'delete', name),
      addNetdev: async (name) => void addNetdev(name),
      renameNetdev: async (from, to) => void run('ip', 'link', 'set', from, 'name', to),
      async close() {
        filters[Symbol.dispose]();
        removeAll();
      },
    };
  });

  test('NftPacketFilters leaves tables alone that are not its own, and repairs what was done to its own', async () => {
    using filters = new NftPacketFilters();
    addNetdev('ens1f0v0');
    const others = ['table inet filter', 'table netdev virtfn-frontend', 'table ip virtfn-0000.3b.10.0'];
    for (const table of others) nft(`add ${table}; add chain ${table.slice('table '.length)} own`);
    const before = others.map((table) => nft(`list ${table}`));
    const own = tableNameOf(vf.pciAddress);
    const damages = [
      `add table netdev ${own} { flags dormant; }`,
      `add chain netdev ${own} ingress { policy accept; }`,
      `add chain netdev ${own} more { type filter hook egress device "ens1f0v0" priority -1; policy accept; }`,
      `delete set netdev ${own} fragments4`,
      `delete chain netdev ${own} egress`,
    ];
    for (const damage of damages) {
      const set = { kind: 'set-filter', ...vf, filter: closed } as const;
      await filters.apply(set);
      const made = nft('-s', 'list', 'table', 'netdev', own);
      // What rules use cannot be deleted while they do.
      nft(
        damage.startsWith('delete set')
          ? `flush table netdev ${own}; ${damage}`
          : damage.startsWith('delete chain')
            ? `flush chain netdev ${own} egress; ${damage}`
            : damage,
      );
      assert.deepEqual(
        (await filters.observe()).map(({ filter }) => filter),
        [null],
        damage,
      );
      await filters.apply(set);
      assert.deepEqual(await filters.observe(), [{ ...vf, filter: closed }], damage);
      assert.deepEqual(
        nft('-s', 'list', 'table', 'netdev', own).split('\n').toSorted(),
        made.split('\n').toSorted(),
      );
    }
    await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
    assert.deepEqual(await filters.observe(), []);
    assert.deepEqual(
      others.map((table) => nft(`list ${table}`)),
      before,
    );
    nft('flush', 'ruleset');
    run('ip', 'link', 'delete', 'ens1f0v0');
  });

  test('NftPacketFilters takes odd names, and refuses those that nft would read as something else', async () => {
    using filters = new NftPacketFilters();
    for (const name of ['a;b', "it's", '#1', 'ü{}', '@x', '$y', 'ens1f0v0', '-z']) {
      run('ip', 'link', 'add', 'name', name, 'type', 'bridge');
      const odd = { ...vf, netdevName: parseNetdevName(name) };
      await filters.apply({ kind: 'set-filter', ...odd, filter: closed });
      assert.deepEqual(await filters.observe(), [{ ...odd, filter: closed }]);
      run('ip', 'link', 'delete', 'dev', name);
    }
    for (const name of ['a"b', 'ens1f0v*', 'a\\b']) {
      run('ip', 'link', 'add', 'name', name, 'type', 'bridge');
      const netdevName = parseNetdevName(name);
      await assert.rejects(
        filters.apply({ kind: 'set-filter', ...vf, netdevName, filter: closed }),
        (error) => isSriovError(error, 'FILTER_REFUSED'),
      );
      run('ip', 'link', 'delete', 'dev', name);
    }
    nft('flush', 'ruleset');
  });

  test('NftPacketFilters tells a refusal of nft in its words, and leaves the filter that was there', async () => {
    using filters = new NftPacketFilters();
    addNetdev('ens1f0v0');
    await filters.apply({ kind: 'set-filter', ...vf, filter: closed });
    await assert.rejects(filters.apply({ kind: 'set-filter', ...vf, filter: backwards }), (error) => {
      assert.ok(isSriovError(error, 'FILTER_REFUSED'));
      assert.match(
        error.message,
        /^Cannot filter packets on ens1f0v0 \(VF 0000:3b:10\.0\): nft says ".*Range/,
      );
      return true;
    });
    using another = new NftPacketFilters();
    assert.deepEqual(await another.observe(), [{ ...vf, filter: null }]);
    nft('flush', 'ruleset');
    run('ip', 'link', 'delete', 'ens1f0v0');
  });

  test('NftPacketFilters changes many by one run of nft and one look before and behind it, also in a new run of the program', async (context) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-nft-'));
    const [program, log] = [path.join(folder, 'nft'), path.join(folder, 'log')];
    writeFileSync(program, `#!/bin/sh\necho "$*" >> ${log}\nexec /usr/sbin/nft "$@"\n`, { mode: 0o755 });
    const looks = context.mock.method(KernelTables.prototype, 'read').mock;
    const netdevs = context.mock.method(KernelTables.prototype, 'readNetdevs').mock;
    const all = Array.from({ length: 5 }, (_, number) => ({
      kind: 'set-filter' as const,
      pciAddress: parsePciAddress(`0000:3b:11.${number}`),
      netdevName: parseNetdevName(`virtfn${number}`),
      filter: closed,
    }));
    for (const { netdevName } of all) addNetdev(netdevName);
    for (const _ of ['the first run', 'the second']) {
      using filters = new NftPacketFilters({ program });
      writeFileSync(log, '');
      for (const calls of [looks, netdevs]) calls.resetCalls();
      assert.deepEqual(
        await filters.applyAll(all),
        all.map(() => null),
      );
      assert.deepEqual(
        [readFileSync(log, 'utf8'), looks.callCount(), netdevs.callCount()],
        ['--file -\n', 2, 1],
      );
      const observed = await filters.observe();
      assert.deepEqual(
        observed.toSorted((a, b) => (a.pciAddress < b.pciAddress ? -1 : 1)),
        all.map(({ kind: _kind, ...each }) => each),
      );
    }
    nft('flush', 'ruleset');
    for (const { netdevName } of all) run('ip', 'link', 'delete', netdevName);
    rmSync(folder, { recursive: true });
  });

  test('NftPacketFilters makes the others of many when nft refuses one, and repairs what does not keep its chains', async () => {
    using filters = new NftPacketFilters();
    for (const { netdevName } of [vf, neighbour]) addNetdev(netdevName);
    const second = tableNameOf(neighbour.pciAddress);
    await filters.applyAll([vf, neighbour].map((each) => ({ kind: 'set-filter', ...each, filter: closed })));
    nft(`add table netdev ${second} { flags dormant; }`);
    const errors = await filters.applyAll([
      { kind: 'set-filter', ...vf, filter: backwards },
      { kind: 'set-filter', ...neighbour, filter: closed },
    ]);
    assert.ok(isSriovError(errors[0], 'FILTER_REFUSED'));
    assert.deepEqual(errors[1], null);
    assert.deepEqual(
      (await filters.observe()).map(({ filter }) => filter),
      [null, closed],
    );
    nft('flush', 'ruleset');
    for (const { netdevName } of [vf, neighbour]) run('ip', 'link', 'delete', netdevName);
  });
});
