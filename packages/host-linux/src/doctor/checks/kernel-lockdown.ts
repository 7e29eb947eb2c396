import { finding } from '@virtfn/model';
import type { Check } from './check.ts';
import { isSwitchedOff } from './firmware-sriov-off.ts';

const CODE = 'kernel-lockdown';

/** Finds lockdown where it hinders: firmware to be changed, a driver to be loaded, or something it refused. */
export const kernelLockdown: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run({ kernel, networkFunctions }) {
    if (kernel.lockdown === null || kernel.lockdown === 'none') return [];
    const refused = kernel.messages?.findLast((message) =>
      /Lockdown: .*(?:unsigned module|PCI|BAR|mst|MSR|mem).*restricted/i.test(message),
    );
    const hindered = [
      ...(networkFunctions.some(isSwitchedOff) ? ["a tool cannot write the card's firmware"] : []),
      ...(networkFunctions.some(({ driver }) => driver === null) ? ['an unsigned driver is not loaded'] : []),
      ...(refused === undefined ? [] : [`the kernel said "${refused}"`]),
    ];
    if (hindered.length === 0) return [];
    return [
      finding(
        CODE,
        `The kernel is locked down (${kernel.lockdown}), as it is with Secure Boot: ${hindered.join('; ')}.`,
        "Switch Secure Boot off for the change (`mokutil --disable-validation`, or in the BIOS) and on again, or sign the vendor's driver and enrol its key: `mokutil --import KEY.der`",
      ),
    ];
  },
};
