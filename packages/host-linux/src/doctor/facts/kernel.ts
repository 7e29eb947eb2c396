import { readKernelMessages } from '../../system/index.ts';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';
import { printable } from '../../sysfs/parse-values.ts';
import { parseKernelOption, readKernelConfig, readKernelRelease } from './kernel-config.ts';

export interface KernelFacts {
  readonly release: string | null;
  /** CONFIG_PCI_IOV; null: the kernel does not tell. */
  readonly hasSriov: boolean | null;
  /** The arguments that the kernel was booted with; null: not seen. */
  readonly commandLine: readonly string[] | null;
  readonly lockdown: 'none' | 'integrity' | 'confidentiality' | null;
  /** What the kernel said about the IOMMU, SR-IOV and lockdown, oldest first; null: its log was not to be seen. */
  readonly messages: readonly string[] | null;
}

/** Where a snapshot keeps what a live machine has in /dev/kmsg. */
export const KERNEL_LOG_FILE = '/var/log/virtfn-kernel.log';
const LOG_LIMIT = 1 << 20;
const MOST_MESSAGES = 1000;

const WANTED =
  /DMAR|AMD-Vi|IOMMU|IRQ remapping|interrupt remapping|lockdown|SR-?IOV|\bIOV\b|MMIO|out of range|\bBAR \d|vfio/i;

export function readKernelFacts(reader: SysfsReader): KernelFacts {
  const config = readKernelConfig(reader);
  const commandLine = reader.text('/proc/cmdline') ?? '';
  return {
    release: readKernelRelease(reader),
    hasSriov: parseKernelOption(config, 'CONFIG_PCI_IOV'),
    commandLine: commandLine === '' ? null : commandLine.split(/\s+/),
    lockdown: parseLockdown(reader.text('/sys/kernel/security/lockdown')),
    messages: readMessages(reader),
  };
}

/** `none [integrity] confidentiality`: the one in brackets holds. */
function parseLockdown(text: string | null): KernelFacts['lockdown'] {
  const [, mode] = /\[(none|integrity|confidentiality)\]/.exec(text ?? '') ?? [];
  return (mode as KernelFacts['lockdown'] | undefined) ?? null;
}

function readMessages(reader: SysfsReader): readonly string[] | null {
  const messages = reader.isLive
    ? readKernelMessages((message) => WANTED.test(message))
    : (reader.text(KERNEL_LOG_FILE, LOG_LIMIT)?.split('\n') ?? null);
  return messages?.slice(-MOST_MESSAGES).map(printable) ?? null;
}
