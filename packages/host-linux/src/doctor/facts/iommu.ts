import path from 'node:path/posix';
import { type PciAddress, type PhysicalFunction, parsePciAddress } from '@virtfn/model';
import { parseHex, parseOrNull } from '../../sysfs/parse-values.ts';
import { PCI_DEVICES } from '../../sysfs/read-vfs.ts';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';

export interface IommuGroup {
  readonly group: number;
  /** What is in it and is no bridge: bridges do not hinder VFIO. */
  readonly endpoints: readonly PciAddress[];
  /** A bridge in the group: it, or one above it, has no ACS, so all below it falls into this group. */
  readonly bridges: readonly PciAddress[];
}

export interface CpuFacts {
  /** null: neither Intel nor AMD, or not seen. */
  readonly vendor: 'intel' | 'amd' | null;
  /** The flag vmx or svm. */
  readonly hasVirtualization: boolean;
  /** The flag `hypervisor`: this machine is a virtual one. */
  readonly isGuest: boolean;
}

export interface IommuFacts {
  /** Tables of the firmware that tell of an IOMMU (DMAR, IVRS, IORT); null: which there are was not to be seen. */
  readonly tables: readonly string[] | null;
  /** Whether the kernel drives an IOMMU or made a group. */
  readonly isInUse: boolean;
  /** Whether there is any IOMMU group. */
  readonly hasGroups: boolean;
  /** The groups that PFs and VFs are in. */
  readonly groups: readonly IommuGroup[];
  /** null: no x86, or not seen. */
  readonly remapsInterrupts: boolean | null;
  /** The option of vfio_iommu_type1 that does without. */
  readonly allowsUnsafeInterrupts: boolean;
}

const GROUPS = '/sys/kernel/iommu_groups';
const TABLES = new Set(['DMAR', 'IVRS', 'IORT']);
/** One processor's block has about 2 KB. */
const CPU_LIMIT = 16 << 10;
/** A line per interrupt with a column per processor. */
const INTERRUPTS_LIMIT = 16 << 20;
const PCI_BRIDGE = 0x06;

/** null on processors of another kind, or when /proc/cpuinfo is not there. */
export function readCpu(reader: SysfsReader): CpuFacts | null {
  const text = reader.text('/proc/cpuinfo', CPU_LIMIT) ?? '';
  const flags = new Set(/^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/));
  if (flags.size === 0) return null;
  const maker = /^vendor_id\s*:\s*(\w+)/m.exec(text)?.[1] ?? '';
  return {
    vendor:
      maker === 'GenuineIntel' ? 'intel' : ['AuthenticAMD', 'HygonGenuine'].includes(maker) ? 'amd' : null,
    hasVirtualization: flags.has('vmx') || flags.has('svm'),
    isGuest: flags.has('hypervisor'),
  };
}

export function readIommu(reader: SysfsReader, pfs: readonly PhysicalFunction[]): IommuFacts {
  const numbers = new Set(pfs.flatMap((pf) => [pf, ...pf.vfs]).map(({ iommuGroup }) => iommuGroup));
  const hasGroups = [...numbers].some((group) => group !== null) || (reader.list(GROUPS) ?? []).length > 0;
  return {
    tables: reader.list('/sys/firmware/acpi/tables')?.filter((name) => TABLES.has(name)) ?? null,
    isInUse: hasGroups || (reader.list('/sys/class/iommu') ?? []).length > 0,
    hasGroups,
    groups: [...numbers].filter((group) => group !== null).map((group) => readGroup(reader, group)),
    remapsInterrupts: readInterruptRemapping(reader),
    allowsUnsafeInterrupts:
      reader.text('/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts') === 'Y',
  };
}

function readGroup(reader: SysfsReader, group: number): IommuGroup {
  const members = (reader.list(path.join(GROUPS, `${group}`, 'devices')) ?? [])
    .toSorted()
    .map((name) => parseOrNull(parsePciAddress, name))
    .filter((address) => address !== null);
  const isBridge = (address: PciAddress): boolean =>
    (parseHex(reader.text(`${PCI_DEVICES}/${address}/class`)) ?? 0) >>> 16 === PCI_BRIDGE;
  return {
    group,
    endpoints: members.filter((address) => !isBridge(address)),
    bridges: members.filter(isBridge),
  };
}

/**
 * The kernel puts `IR-` before the name of an interrupt chip that remaps (`IR-PCI-MSI`), which needs no root rights to
 * be seen, unlike its log. Only x86 names its chips `IO-APIC` and `PCI-MSI` and can be judged by that.
 */
function readInterruptRemapping(reader: SysfsReader): boolean | null {
  const text = reader.text('/proc/interrupts', INTERRUPTS_LIMIT);
  if (text === null || !/\bIO-APIC\b/.test(text)) return null;
  return /\bIR-/.test(text);
}
