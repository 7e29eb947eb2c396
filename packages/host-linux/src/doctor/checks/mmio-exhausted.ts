import { type Finding, finding, type PhysicalFunction } from '@virtfn/model';
import type { Facts } from '../facts/index.ts';
import type { Check } from './check.ts';
import { describeFunction, describeFunctions, onlyAddress } from './describe-functions.ts';
import { hintKernelArguments } from './hints.ts';

const CODE = 'mmio-exhausted';

/** What sriov_enable and the assignment of resources say (K3). */
const NO_ROOM =
  /not enough MMIO resources for SR-IOV|IOV BARS? not allocated|VF BAR.*(?:no space|failed to assign)/i;

/** Finds PFs whose VFs got no memory addresses: enabling VFs fails with ENOMEM then. */
export const mmioExhausted: Check = {
  code: CODE,
  hiddenBy: ['sriov-without-driver'],
  run(facts) {
    const hidden = facts.networkFunctions.filter(
      ({ capability, totalVfs }) =>
        totalVfs === null && capability.kind === 'present' && capability.totalVfs > 0,
    );
    return [
      ...facts.pfs.filter((pf) => pf.totalVfs > 0).flatMap((pf) => judge(facts, pf)),
      ...(hidden.length === 0 || facts.kernel.hasSriov !== true
        ? []
        : [
            finding(
              CODE,
              `Cards with SR-IOV are there, but the kernel does not offer it, which happens when it finds no room for the VFs' registers: ${describeFunctions(hidden)}.`,
              hint(facts),
              onlyAddress(hidden),
            ),
          ]),
    ];
  },
};

function judge(facts: Facts, pf: PhysicalFunction): readonly Finding[] {
  const room = facts.pciRooms.find((each) => each.pf === pf.pciAddress);
  const bars = room?.vfBarsWithoutAddress ?? [];
  // What the log says of an attempt is past once there are VFs.
  const message =
    pf.numVfs > 0
      ? undefined
      : facts.kernel.messages?.findLast((each) => NO_ROOM.test(each) && each.includes(pf.pciAddress));
  if (bars.length === 0 && message === undefined) return [];
  const found =
    bars.length > 0 ? `VF BAR ${bars.join(', ')} has no memory address` : `the kernel said "${message}"`;
  return [
    finding(
      CODE,
      `There is no room for the registers of the VFs of ${describeFunction(pf)}: ${found}.`,
      hint(facts),
      pf.pciAddress,
    ),
  ];
}

function hint({ distribution }: Facts): string {
  return `Enable "above 4G decoding" and SR-IOV in the BIOS. If they are: ${hintKernelArguments(distribution, { add: ['pci=realloc'] })}. \`dmesg | grep -i -e iov -e "BAR "\` shows what the kernel tried`;
}
