import type { XdrReader, XdrWriter } from '../xdr/index.ts';
import { type Domain, readDomain, writeDomain } from './domain.ts';
import { bitsOf, type MigrateFlag, migrateFlags } from './flags.ts';
import { nothing, remote } from './procedure.ts';
import { type TypedParam, writeTypedParam } from './typed-param.ts';

/** What a migration shall be like, beyond its flags: VIR_MIGRATE_PARAM_… of include/libvirt/libvirt-domain.h. */
export interface MigrationParameters {
  /** Where the guest's memory goes: "tcp://192.0.2.7:49152". Else the destination chooses. */
  readonly migrateUri?: string;
  /** Another name at the destination. */
  readonly destinationName?: string;
  /** The domain as it shall run there; only what the guest does not see may differ. */
  readonly destinationXml?: string;
  /** The domain as it shall be defined there; with the flag 'persist-dest'. */
  readonly persistentXml?: string;
  readonly bandwidthMibPerSecond?: number;
  readonly graphicsUri?: string;
  /** Where the destination listens. */
  readonly listenAddress?: string;
  /** Percent; with the flag 'auto-converge'. */
  readonly autoConvergeInitial?: number;
  readonly autoConvergeIncrement?: number;
  /** With the flag 'parallel'. */
  readonly parallelConnections?: number;
}

export function migrationParams(given: MigrationParameters): readonly TypedParam[] {
  const text = (field: string, value: string | undefined): readonly TypedParam[] =>
    value === undefined ? [] : [{ field, kind: 'string', value }];
  const int = (field: string, value: number | undefined): readonly TypedParam[] =>
    value === undefined ? [] : [{ field, kind: 'int', value }];
  const { bandwidthMibPerSecond: bandwidth } = given;
  return [
    ...text('migrate_uri', given.migrateUri),
    ...text('destination_xml', given.destinationXml),
    ...text('persistent_xml', given.persistentXml),
    ...text('destination_name', given.destinationName),
    ...text('graphics_uri', given.graphicsUri),
    ...text('listen_address', given.listenAddress),
    ...int('auto_converge.initial', given.autoConvergeInitial),
    ...int('auto_converge.increment', given.autoConvergeIncrement),
    ...int('parallel.connections', given.parallelConnections),
    ...(bandwidth === undefined
      ? []
      : [{ field: 'bandwidth', kind: 'ullong', value: BigInt(bandwidth) } as const]),
  ];
}

/** REMOTE_DOMAIN_MIGRATE_PARAM_LIST_MAX and REMOTE_MIGRATE_COOKIE_MAX. */
const PARAMS_MAX = 64;
const COOKIE_MAX = 4_194_304;

/** What one daemon tells the other, and no one between reads. */
export type MigrationCookie = Uint8Array;

interface Phase {
  readonly params: readonly TypedParam[];
  readonly flags: readonly MigrateFlag[];
}
type PhaseAtSource = Phase & { readonly domain: Domain };
type WithCookie = { readonly cookie: MigrationCookie };

const writeParams = (writer: XdrWriter, params: readonly TypedParam[]): XdrWriter =>
  writer.array(params, PARAMS_MAX, writeTypedParam);
const bits = (flags: readonly MigrateFlag[]): number => bitsOf(migrateFlags, flags);
const readCookie = (reader: XdrReader): MigrationCookie => reader.opaque(COOKIE_MAX);

/** The first of the five phases of a migration (doc of virDrvDomainMigrateBegin3Params, src/driver-hypervisor.h). */
export const migrateBegin = remote(
  302,
  'virDomainMigrateBegin3Params',
  (writer, { domain, params, flags }: PhaseAtSource) => {
    writeDomain(writer, domain);
    writeParams(writer, params).uint(bits(flags));
  },
  (reader) => ({ cookie: readCookie(reader), xml: reader.string() }),
);

export const migratePrepare = remote(
  303,
  'virDomainMigratePrepare3Params',
  (writer, { params, cookie, flags }: Phase & WithCookie) =>
    writeParams(writer, params).opaque(cookie, COOKIE_MAX).uint(bits(flags)),
  (reader) => ({ cookie: readCookie(reader), uri: reader.optional(() => reader.string()) }),
);

/** Moves the guest's memory. With a `destinationUri` and the flag 'peer2peer' it is the whole migration. */
export const migratePerform = remote(
  305,
  'virDomainMigratePerform3Params',
  (writer, given: PhaseAtSource & WithCookie & { readonly destinationUri: string | null }) => {
    writeDomain(writer, given.domain);
    writer.optionalString(given.destinationUri);
    writeParams(writer, given.params).opaque(given.cookie, COOKIE_MAX).uint(bits(given.flags));
  },
  readCookie,
);

export const migrateFinish = remote(
  306,
  'virDomainMigrateFinish3Params',
  (writer, { params, cookie, flags, cancelled }: Phase & WithCookie & { readonly cancelled: boolean }) =>
    writeParams(writer, params)
      .opaque(cookie, COOKIE_MAX)
      .uint(bits(flags))
      .int(cancelled ? 1 : 0),
  (reader) => ({ domain: readDomain(reader), cookie: readCookie(reader) }),
);

export const migrateConfirm = remote(
  307,
  'virDomainMigrateConfirm3Params',
  (writer, given: PhaseAtSource & WithCookie & { readonly cancelled: boolean }) => {
    writeDomain(writer, given.domain);
    writeParams(writer, given.params)
      .opaque(given.cookie, COOKIE_MAX)
      .uint(bits(given.flags))
      .int(given.cancelled ? 1 : 0);
  },
  nothing,
);
