import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { labUnderTest, resetHost, virtfn, virtfnJson } from './testing.ts';

// What the operator of the notes types, line by line, and what virtfn has for it: list, ids, driver, set VFs, list again, dumpxml.

const lab = labUnderTest();
const host = lab.host('fish-1');

interface Hosts {
  readonly hosts: readonly {
    readonly pfs: readonly {
      readonly pciAddress: string;
      readonly netdevName: string;
      readonly vendorId: string;
      readonly productId: string;
      readonly driver: string;
      readonly numVfs: number;
      readonly totalVfs: number;
      readonly vfs: readonly { readonly vfIndex: number; readonly pciAddress: string }[];
    }[];
  }[];
}

const list = (): Promise<Hosts> => virtfnJson<Hosts>(host, 'nic', 'list', '--local');

/** What \`lspci -D -nn\` says of network cards: address and ids. */
async function lspci(): Promise<readonly string[]> {
  const text = await host.run(['lspci', '-D', '-nn', '-d', '8086::0200']);
  return text
    .trim()
    .split('\n')
    .map((line) => `${line.split(' ')[0]} ${/\[(8086:[0-9a-f]{4})\]/.exec(line)?.[1]}`);
}

before(() => resetHost(host));
after(async () => {
  await resetHost(host);
  await lab.disconnect();
});

test('virtfn nic list shows what lspci, systool and lsmod show together', async () => {
  const { hosts } = await list();
  const pfs = hosts[0]?.pfs ?? assert.fail('no host');
  assert.deepEqual(
    pfs.map((pf) => `${pf.pciAddress} ${pf.vendorId}:${pf.productId}`),
    await lspci(),
  );
  for (const pf of pfs) {
    const device = `/sys/class/net/${pf.netdevName}/device`;
    const [driver, total] = (
      await host.sh(`basename $(readlink ${device}/driver); cat ${device}/sriov_totalvfs`)
    )
      .trim()
      .split('\n');
    assert.deepEqual([pf.driver, String(pf.totalVfs), pf.numVfs], [driver, total, 0]);
    assert.match(await host.run(['lsmod']), new RegExp(`^${pf.driver} `, 'm'));
  }
});

test('virtfn pf set-vfs makes the VFs that echo to sriov_numvfs makes, on both ports', async () => {
  for (const name of ['enp1s0', '0000:02:00.0']) {
    const { status, stdout, stderr } = await virtfn(host, 'pf', 'set-vfs', name, '7');
    assert.equal(status, 0, `${stdout}${stderr}`);
  }
  const { hosts } = await list();
  const found = hosts[0]?.pfs.flatMap((pf) => [
    `${pf.pciAddress} 8086:10c9`,
    ...pf.vfs.map((vf) => `${vf.pciAddress} 8086:10ca`),
  ]);
  const want = await lspci();
  assert.equal(want.length, 16);
  assert.deepEqual(found?.toSorted(), want.toSorted());
});

/** XML without what carries no meaning: white space between elements. */
const bare = (xml: string): string => xml.replaceAll(/>\s+</g, '><').trim();

test('virtfn vf dumpxml says the same as virsh nodedev-dumpxml, element by element, of every VF', async () => {
  assert.equal((await virtfn(host, 'vf', 'driver', 'enp1s0', '1', 'kernel')).status, 0);
  assert.equal((await virtfn(host, 'vf', 'driver', 'enp1s0', '2', 'vfio-pci')).status, 0);
  const { hosts } = await list();
  // Those with a driver of either kind, without one, and one of the other port.
  const vfs = [
    { pf: 'enp1s0', vf: hosts[0]?.pfs[0]?.vfs[0] },
    { pf: 'enp1s0', vf: hosts[0]?.pfs[0]?.vfs[1] },
    { pf: '0000:01:00.0', vf: hosts[0]?.pfs[0]?.vfs[2] },
    { pf: 'enp2s0', vf: hosts[0]?.pfs[1]?.vfs[6] },
  ];
  for (const { pf, vf } of vfs) {
    assert.ok(vf !== undefined);
    const name = `pci_${vf.pciAddress.replaceAll(/[:.]/g, '_')}`;
    const ours = await virtfn(host, 'vf', 'dumpxml', pf, String(vf.vfIndex));
    const theirs = await host.run(['virsh', 'nodedev-dumpxml', name], { timeoutMs: 120_000 });
    assert.equal(bare(ours.stdout), bare(theirs));
  }
});
