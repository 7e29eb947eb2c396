import { type Finding, finding } from '@virtfn/model';
import type { Facts } from '../facts/index.ts';
import type { Check } from './check.ts';
import { describeFunctions } from './describe-functions.ts';

const CODE = 'no-sriov-card';

/** Says why a machine has no card that could have VFs: no PCI bus, no network card, or none with the capability. */
export const noSriovCard: Check = {
  code: CODE,
  hiddenBy: [],
  run(facts) {
    const { networkFunctions, pciFunctions } = facts;
    if (pciFunctions === null || pciFunctions === 0) return [withoutPci(pciFunctions)];
    const isAble = networkFunctions.some(
      ({ capability, totalVfs }) => totalVfs !== null || capability.kind === 'present',
    );
    return isAble ? [] : [withoutCapability(facts)];
  },
};

function withoutPci(pciFunctions: number | null): Finding {
  const state = pciFunctions === null ? 'is missing' : 'is empty';
  return finding(
    CODE,
    `There is no PCI bus: /sys/bus/pci/devices ${state}. This looks like a container or a virtual machine without PCI.`,
    'Run virtfn on the machine that has the cards; `systemd-detect-virt` says what this one is',
  );
}

function withoutCapability({ networkFunctions, pciFunctions, kernel }: Facts): Finding {
  if (networkFunctions.length === 0) {
    return finding(
      CODE,
      `The PCI bus has ${pciFunctions} functions, and none of them is a network card.`,
      'Put in a card with SR-IOV (docs/drivers.md lists them), then look with `lspci -nn | grep -i -e ethernet -e network`',
    );
  }
  const cards = describeFunctions(networkFunctions);
  const notSeen = networkFunctions.find(({ capability }) => capability.kind === 'not-seen');
  if (notSeen !== undefined) {
    return finding(
      CODE,
      `The kernel offers SR-IOV for none of the network cards: ${cards}. Whether they have it was not to be seen without root rights.`,
      `Look again as root: \`sudo virtfn doctor\`, or \`sudo lspci -vs ${notSeen.pciAddress}\``,
    );
  }
  const without = kernel.hasSriov === false ? ' The kernel is built without CONFIG_PCI_IOV besides.' : '';
  return finding(
    CODE,
    `None of the network cards has the SR-IOV capability: ${cards}.${without}`,
    'Use a card with SR-IOV (docs/drivers.md lists them). In a virtual machine, give it one: QEMU 8.1 and later have `-device igb`',
  );
}
