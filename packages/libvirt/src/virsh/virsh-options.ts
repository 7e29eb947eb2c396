import type {
  AffectFlag,
  CreateFlag,
  DestroyFlag,
  ListDomainsFlag,
  MigrateFlag,
  ShutdownFlag,
  UndefineFlag,
  UpdateDeviceFlag,
  XmlFlag,
} from '../codec/index.ts';

/** virsh's word for each flag; null: it has none. */
type Words<Flag extends string> = Readonly<Record<Flag, string | null>>;

/** @throws {RangeError} when virsh has no word for one of them */
export function optionsOf<Flag extends string>(words: Words<Flag>, flags: readonly Flag[]): string[] {
  return flags.map((flag) => {
    const word = words[flag];
    if (word === null) throw new RangeError(`Cannot say "${flag}" to virsh: it has no such option`);
    return word;
  });
}

/** `virsh list` is about active domains, unless told. */
export function listOptions(flags: readonly ListDomainsFlag[]): string[] {
  const [active, inactive] = [flags.includes('active'), flags.includes('inactive')];
  const which = active === inactive ? ['--all'] : inactive ? ['--inactive'] : [];
  const others = flags.filter((flag) => flag !== 'active' && flag !== 'inactive');
  return [...which, ...optionsOf(listWords, others)];
}

const listWords: Words<Exclude<ListDomainsFlag, 'active' | 'inactive'>> = {
  persistent: '--persistent',
  transient: '--transient',
  running: '--state-running',
  paused: '--state-paused',
  shutoff: '--state-shutoff',
  other: '--state-other',
};

export const xmlWords: Words<XmlFlag> = {
  secure: '--security-info',
  inactive: '--inactive',
  'update-cpu': '--update-cpu',
  migratable: '--migratable',
};

export const startWords: Words<CreateFlag> = {
  paused: '--paused',
  // It would end with virsh, which is at once.
  autodestroy: null,
  'bypass-cache': '--bypass-cache',
  'force-boot': '--force-boot',
  validate: null,
};

export const undefineWords: Words<UndefineFlag> = {
  'managed-save': '--managed-save',
  'snapshots-metadata': '--snapshots-metadata',
  nvram: '--nvram',
  'keep-nvram': '--keep-nvram',
  'checkpoints-metadata': '--checkpoints-metadata',
};

export const destroyWords: Words<DestroyFlag> = { graceful: '--graceful' };

/** Joined by commas behind --mode. */
export const shutdownWords: Words<ShutdownFlag> = {
  acpi: 'acpi',
  agent: 'agent',
  initctl: 'initctl',
  signal: 'signal',
  paravirt: 'paravirt',
};

export const affectWords: Words<AffectFlag> = { live: '--live', config: '--config' };

export const updateWords: Words<UpdateDeviceFlag> = { ...affectWords, force: '--force' };

export const migrateWords: Words<MigrateFlag> = {
  live: '--live',
  peer2peer: '--p2p',
  tunnelled: '--tunnelled',
  'persist-dest': '--persistent',
  'undefine-source': '--undefinesource',
  paused: '--suspend',
  'non-shared-disk': '--copy-storage-all',
  'non-shared-inc': '--copy-storage-inc',
  'change-protection': '--change-protection',
  unsafe: '--unsafe',
  offline: '--offline',
  compressed: '--compressed',
  'abort-on-error': '--abort-on-error',
  'auto-converge': '--auto-converge',
  'rdma-pin-all': '--rdma-pin-all',
  postcopy: '--postcopy',
  tls: '--tls',
  parallel: '--parallel',
};
