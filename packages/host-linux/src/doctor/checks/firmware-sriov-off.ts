import { finding } from '@virtfn/model';
import type { NetworkFunction } from '../facts/index.ts';
import type { Check } from './check.ts';
import { describeFunctions, onlyAddress } from './describe-functions.ts';

const CODE = 'firmware-sriov-off';

/** The card can, but its firmware or driver allows 0 VFs. */
export function isSwitchedOff({ capability, totalVfs }: NetworkFunction): boolean {
  return totalVfs === 0 || (totalVfs === null && capability.kind === 'present' && capability.totalVfs === 0);
}

/** Finds cards that allow 0 VFs. */
export const firmwareSriovOff: Check = {
  code: CODE,
  hiddenBy: [],
  run({ networkFunctions }) {
    const off = networkFunctions.filter(isSwitchedOff);
    const [first] = off;
    if (first === undefined) return [];
    return [
      finding(
        CODE,
        `SR-IOV is switched off in the firmware, which allows 0 VFs: ${describeFunctions(off)}.`,
        `Enable SR-IOV in the machine's set-up (BIOS, UEFI) or with the card's own tool (${toolOf(first)}), then switch the machine off and on`,
        onlyAddress(off),
      ),
    ];
  },
};

/** By the PCI vendor, since each has a tool of its own. */
const TOOLS: Readonly<Record<string, (pciAddress: string) => string>> = {
  '15b3': (address) => `\`mstconfig -d ${address} set SRIOV_EN=1 NUM_OF_VFS=8\``,
  '14e4': (address) => `\`niccli -pci ${address} nvm -setoption enable_sriov -value 1\``,
};

function toolOf({ vendorId, pciAddress }: NetworkFunction): string {
  return TOOLS[vendorId]?.(pciAddress) ?? "Intel: `bootutil64e`; others: the vendor's";
}
