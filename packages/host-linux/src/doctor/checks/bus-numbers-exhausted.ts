import { type Finding, finding, type PhysicalFunction } from '@virtfn/model';
import type { Facts } from '../facts/index.ts';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';
import { hintKernelArguments } from './hints.ts';

const CODE = 'bus-numbers-exhausted';

/** sriov_enable: "can't enable 63 VFs (bus 08 out of range of [bus 07])" (K3). */
const OUT_OF_RANGE =
  /bus [0-9a-f]+ out of range of|SR-IOV: bus number out of range|can't allocate bus number/i;

/** Finds PFs whose last VFs would lie on a bus that the bridge above does not reach. */
export const busNumbersExhausted: Check = {
  code: CODE,
  hiddenBy: ['sriov-without-driver'],
  run: (facts) => facts.pfs.filter((pf) => pf.totalVfs > 0).flatMap((pf) => judge(facts, pf)),
};

function judge(facts: Facts, pf: PhysicalFunction): readonly Finding[] {
  const bridge = facts.pciRooms.find((each) => each.pf === pf.pciAddress)?.bridge ?? null;
  const within = bridge === null ? null : countVfsWithin(pf, bridge.lastBus);
  const message =
    pf.numVfs > 0
      ? undefined
      : facts.kernel.messages?.findLast((each) => OUT_OF_RANGE.test(each) && each.includes(pf.pciAddress));
  if ((within === null || within >= pf.totalVfs) && message === undefined) return [];
  const found =
    bridge !== null && within !== null && within < pf.totalVfs
      ? `only ${within} of ${pf.totalVfs} VFs lie on the buses up to ${bridge.lastBus.toString(16).padStart(2, '0')} that bridge ${bridge.pciAddress} reaches`
      : `the kernel said "${message}"`;
  return [
    finding(
      CODE,
      `Bus numbers are short for the VFs of ${describeFunction(pf)}: ${found}.`,
      `Enable ARI and SR-IOV in the BIOS, or use a slot below another bridge. If that does not help: ${hintKernelArguments(facts.distribution, { add: ['pci=assign-busses'] })}`,
      pf.pciAddress,
    ),
  ];
}

/** By offset and stride as they are now; they may change with the number of VFs (K5). null: not known. */
function countVfsWithin(pf: PhysicalFunction, lastBus: number): number | null {
  if (pf.vfOffset === 0) return null;
  for (let vfIndex = 0; vfIndex < pf.totalVfs; vfIndex += 1) {
    if (busOf(pf, vfIndex) > lastBus) return vfIndex;
  }
  return pf.totalVfs;
}

function busOf({ pciAddress, vfOffset, vfStride }: PhysicalFunction, vfIndex: number): number {
  const [, bus = '', device = '', pciFunction = ''] = /:(..):(..)\.(.)$/.exec(pciAddress) ?? [];
  const routingId =
    (Number.parseInt(bus, 16) << 8) + (Number.parseInt(device, 16) << 3) + Number(pciFunction);
  return (routingId + vfOffset + vfStride * vfIndex) >> 8;
}
