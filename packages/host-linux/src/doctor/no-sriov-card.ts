import { type Finding, finding } from '@virtfn/model';
import type { Check } from './check.ts';
import type { Facts, NetworkFunction } from './gather-facts.ts';
import { describeFunctions } from './describe-functions.ts';

const CODE = 'no-sriov-card';

/** Says why a machine has no PF that could have VFs: no PCI bus, no such card, switched off, or hidden by the kernel. */
export const noSriovCard: Check = {
  code: CODE,
  run(facts) {
    if (facts.pfs.some((pf) => pf.totalVfs > 0)) return [];
    if (facts.pciFunctions === null || facts.pciFunctions === 0) return [withoutPci(facts.pciFunctions)];
    const able = facts.networkFunctions.filter(({ capability, totalVfs }) => {
      return totalVfs !== null || capability.kind === 'present';
    });
    if (able.length === 0) return [withoutCapability(facts)];
    const off = able.filter(({ capability, totalVfs }) => {
      return totalVfs === 0 || (capability.kind === 'present' && capability.totalVfs === 0);
    });
    const hidden = able.filter((each) => each.totalVfs === null && !off.includes(each));
    return [
      ...(off.length === 0 ? [] : [switchedOff(off)]),
      ...(hidden.length === 0 ? [] : [hiddenByKernel(facts, hidden)]),
    ];
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

function withoutCapability({ networkFunctions, pciFunctions, kernelHasSriov }: Facts): Finding {
  if (networkFunctions.length === 0) {
    return finding(
      CODE,
      `The PCI bus has ${pciFunctions} functions, and none of them is a network card.`,
      'Put in a card with SR-IOV (docs/drivers.md lists them), then look with `lspci -nn | grep -i -e ethernet -e network`',
    );
  }
  const cards = describeFunctions(networkFunctions);
  const notSeen = networkFunctions.find(({ capability }) => capability.kind === 'not-seen');
  if (notSeen !== undefined && kernelHasSriov !== true) {
    return finding(
      CODE,
      `The kernel offers SR-IOV for none of the network cards: ${cards}. Whether they have it was not to be seen without root rights.`,
      `Look again as root: \`sudo virtfn doctor\`, or \`sudo lspci -vs ${notSeen.pciAddress}\``,
    );
  }
  const kernel = kernelHasSriov === false ? ' The kernel is built without CONFIG_PCI_IOV besides.' : '';
  return finding(
    CODE,
    `None of the network cards has the SR-IOV capability: ${cards}.${kernel}`,
    'Use a card with SR-IOV (docs/drivers.md lists them). In a virtual machine, give it one: QEMU 8.1 and later have `-device igb`',
  );
}

function switchedOff(off: readonly NetworkFunction[]): Finding {
  return finding(
    CODE,
    `SR-IOV is switched off in the firmware, which allows 0 VFs: ${describeFunctions(off)}.`,
    "Enable SR-IOV in the machine's set-up (BIOS, UEFI) or with the card's own tool (`mlxconfig -d ADDRESS set SRIOV_EN=1 NUM_OF_VFS=8` for ConnectX), then switch the machine off and on",
    only(off),
  );
}

function hiddenByKernel(facts: Facts, hidden: readonly NetworkFunction[]): Finding {
  const cards = describeFunctions(hidden);
  const kernel = facts.kernelRelease === null ? 'the kernel' : `kernel ${facts.kernelRelease}`;
  if (facts.kernelHasSriov === true) {
    return finding(
      CODE,
      `Cards with SR-IOV are there, but ${kernel} does not offer it, which happens when it finds no room for the VFs' registers: ${cards}.`,
      'Look with `dmesg | grep -i -e iov -e "BAR "`; enable "above 4G decoding" in the set-up of the machine, or boot with `pci=realloc`',
      only(hidden),
    );
  }
  const sure = facts.kernelHasSriov === false ? 'is' : 'seems to be';
  return finding(
    CODE,
    `Cards with SR-IOV are there, but ${kernel} ${sure} built without CONFIG_PCI_IOV: ${cards}.`,
    'Boot a kernel with SR-IOV, as distributions have it (Debian: `apt install linux-image-amd64`); `zgrep PCI_IOV /proc/config.gz /boot/config-*` shows which one has',
    only(hidden),
  );
}

function only(functions: readonly NetworkFunction[]): Finding['pf'] {
  return functions.length === 1 ? (functions[0]?.pciAddress ?? null) : null;
}
