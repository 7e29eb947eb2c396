import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlowTable, judgePacket, type Packet } from '@virtfn/host-simulator';
import { parseNetdevName, parsePciAddress } from '@virtfn/model';
import fc from 'fast-check';
import { NftPacketFilters } from './nft-packet-filters.ts';
import { aFilter, aMove, encodeFrame, following, FramePath, inOwnNetwork } from './testing/index.ts';

// Random filters on the kernel of this machine, random frames through them on the way that a virtual machine's go, and what
// comes out on the other end held against what the simulator says.

const vf = { pciAddress: parsePciAddress('0000:3b:10.0'), netdevName: parseNetdevName('vf0') };

inOwnNetwork(import.meta.filename, () => {
  test('the kernel lets those packets pass that judgePacket() lets pass, also when a filter takes the place of another', async () => {
    using path = new FramePath(vf.netdevName);
    using filters = new NftPacketFilters();
    let number = 0;
    const counts = { passed: 0, dropped: 0 };
    await fc.assert(
      fc.asyncProperty(aFilter, fc.array(aMove, { minLength: 40, maxLength: 80 }), async (first, moves) => {
        await filters.apply({ kind: 'remove-filter', pciAddress: vf.pciAddress });
        let filter = first;
        await filters.apply({ kind: 'set-filter', ...vf, filter });
        const flows = new FlowTable();
        const sent: Packet[] = [];
        for (const move of moves) {
          if (move.kind === 'set') {
            filter = move.filter;
            await filters.apply({ kind: 'set-filter', ...vf, filter });
            continue;
          }
          const before = move.kind === 'follow' ? sent.at(-1 - move.back) : undefined;
          const packet = move.kind === 'send' ? move.packet : before && following(before, move);
          if (packet === undefined) continue;
          sent.push(packet);
          const want = judgePacket(filter, flows, packet, 0);
          number += 1;
          const passed = await path.send(encodeFrame(packet, number), packet.direction);
          assert.equal(passed, want, `${JSON.stringify(packet)} ${want ? 'passes' : 'is dropped'}`);
          counts[want ? 'passed' : 'dropped'] += 1;
        }
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000 },
    );
    assert.ok(counts.passed > 200 && counts.dropped > 200, JSON.stringify(counts));
  });
});
