/** Joins named flags to the number that libvirt takes. */
export function bitsOf<Flag extends string>(
  table: Readonly<Record<Flag, number>>,
  flags: readonly Flag[],
): number {
  // Not a shift: bit 31 would come out negative.
  return flags.reduce((bits, flag) => bits + (bits & table[flag] ? 0 : table[flag]), 0);
}

/** virConnectListAllDomainsFlags. Filters of one group are joined by "or", groups by "and". */
export const listDomainsFlags = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
} as const;
export type ListDomainsFlag = keyof typeof listDomainsFlags;

/**
 * virDomainXMLFlags. `inactive` is what the next start will have; `migratable` what a destination of another release
 * understands; `secure` has passwords in it.
 */
export const xmlFlags = { secure: 1, inactive: 2, 'update-cpu': 4, migratable: 8 } as const;
export type XmlFlag = keyof typeof xmlFlags;

/** virDomainCreateFlags. */
export const createFlags = {
  paused: 1,
  autodestroy: 2,
  'bypass-cache': 4,
  'force-boot': 8,
  validate: 16,
} as const;
export type CreateFlag = keyof typeof createFlags;

/** virDomainDefineFlags. */
export const defineFlags = { validate: 1 } as const;
export type DefineFlag = keyof typeof defineFlags;

/** virDomainUndefineFlagsValues. */
export const undefineFlags = {
  'managed-save': 1,
  'snapshots-metadata': 2,
  nvram: 4,
  'keep-nvram': 8,
  'checkpoints-metadata': 16,
} as const;
export type UndefineFlag = keyof typeof undefineFlags;

/** virDomainDestroyFlagsValues. `graceful` fails rather than sending SIGKILL. */
export const destroyFlags = { graceful: 1 } as const;
export type DestroyFlag = keyof typeof destroyFlags;

/** virDomainShutdownFlagValues: by what way the guest is asked; none is the driver's choice. */
export const shutdownFlags = { acpi: 1, agent: 2, initctl: 4, signal: 8, paravirt: 16 } as const;
export type ShutdownFlag = keyof typeof shutdownFlags;

/** virDomainSaveRestoreFlags. */
export const saveFlags = { 'bypass-cache': 1, running: 2, paused: 4 } as const;
export type SaveFlag = keyof typeof saveFlags;

/**
 * virDomainModificationImpact: `live` the running guest, `config` what the next start will have. None of them is the
 * one that fits the domain's state when the daemon gets to it, which another may change meanwhile.
 */
export const affectFlags = { live: 1, config: 2 } as const;
export type AffectFlag = keyof typeof affectFlags;

/** virDomainDeviceModifyFlags: `force` changes what a guest may not let go, the medium of a CD-ROM. */
export const updateDeviceFlags = { ...affectFlags, force: 4 } as const;
export type UpdateDeviceFlag = keyof typeof updateDeviceFlags;

/** virDomainMigrateFlags. */
export const migrateFlags = {
  live: 1,
  /** The two daemons talk to each other; without it, the caller carries what they have to say. */
  peer2peer: 1 << 1,
  tunnelled: 1 << 2,
  'persist-dest': 1 << 3,
  'undefine-source': 1 << 4,
  paused: 1 << 5,
  'non-shared-disk': 1 << 6,
  'non-shared-inc': 1 << 7,
  'change-protection': 1 << 8,
  unsafe: 1 << 9,
  offline: 1 << 10,
  compressed: 1 << 11,
  'abort-on-error': 1 << 12,
  'auto-converge': 1 << 13,
  'rdma-pin-all': 1 << 14,
  postcopy: 1 << 15,
  tls: 1 << 16,
  parallel: 1 << 17,
} as const;
export type MigrateFlag = keyof typeof migrateFlags;

/** virDomainGetJobStatsFlags. Asking for `completed` forgets it, unless it is kept. */
export const jobStatsFlags = { completed: 1, 'keep-completed': 2 } as const;
export type JobStatsFlag = keyof typeof jobStatsFlags;

/** virConnectListAllNodeDeviceFlags, by libvirt's names of capabilities (virsh nodedev-list --cap). */
export const nodeDeviceCapabilities = {
  system: 1,
  pci: 1 << 1,
  usb_device: 1 << 2,
  usb: 1 << 3,
  net: 1 << 4,
  scsi_host: 1 << 5,
  scsi_target: 1 << 6,
  scsi: 1 << 7,
  storage: 1 << 8,
  fc_host: 1 << 9,
  vports: 1 << 10,
  scsi_generic: 1 << 11,
  drm: 1 << 12,
  mdev_types: 1 << 13,
  mdev: 1 << 14,
  vdpa: 1 << 17,
  vpd: 1 << 21,
} as const;
export type NodeDeviceCapability = keyof typeof nodeDeviceCapabilities;
