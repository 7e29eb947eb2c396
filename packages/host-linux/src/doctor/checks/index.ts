// One file a check: facts in, findings out, each with what to type.
// Must never read the machine or change anything; what a check needs to know is a fact.
import { busNumbersExhausted } from './bus-numbers-exhausted.ts';
import type { Check } from './check.ts';
import { competingOwner } from './competing-owner.ts';
import { cpuVirtualizationOff } from './cpu-virtualization-off.ts';
import { driverBlacklisted } from './driver-blacklisted.ts';
import { driverWithoutSriov } from './driver-without-sriov.ts';
import { firmwareSriovOff } from './firmware-sriov-off.ts';
import { interruptRemappingOff } from './interrupt-remapping-off.ts';
import { iommuFirmwareOff } from './iommu-firmware-off.ts';
import { iommuGroupShared } from './iommu-group-shared.ts';
import { iommuOff } from './iommu-off.ts';
import { kernelLockdown } from './kernel-lockdown.ts';
import { kernelWithoutSriov } from './kernel-without-sriov.ts';
import { libvirtMissing } from './libvirt-missing.ts';
import { libvirtUnreachable } from './libvirt-unreachable.ts';
import { memlockLow } from './memlock-low.ts';
import { mmioExhausted } from './mmio-exhausted.ts';
import { noIommuGroups } from './no-iommu-groups.ts';
import { noSriovCard } from './no-sriov-card.ts';
import { notAllSeen } from './not-all-seen.ts';
import { pfCarriesDefaultRoute } from './pf-carries-default-route.ts';
import { pfDown } from './pf-down.ts';
import { pfPassedThrough } from './pf-passed-through.ts';
import { processesNotSeen } from './processes-not-seen.ts';
import { sriovWithoutDriver } from './sriov-without-driver.ts';
import { vfioMissing } from './vfio-missing.ts';

export type { Check } from './check.ts';

/** In the order in which a person would look: the card, the bus, the machine, the host's configuration, what was not seen. */
export const CHECKS: readonly Check[] = [
  noSriovCard,
  kernelWithoutSriov,
  firmwareSriovOff,
  sriovWithoutDriver,
  driverBlacklisted,
  driverWithoutSriov,
  pfPassedThrough,
  mmioExhausted,
  busNumbersExhausted,
  cpuVirtualizationOff,
  iommuFirmwareOff,
  iommuOff,
  noIommuGroups,
  iommuGroupShared,
  interruptRemappingOff,
  vfioMissing,
  kernelLockdown,
  pfDown,
  pfCarriesDefaultRoute,
  memlockLow,
  competingOwner,
  libvirtMissing,
  libvirtUnreachable,
  processesNotSeen,
  notAllSeen,
];
