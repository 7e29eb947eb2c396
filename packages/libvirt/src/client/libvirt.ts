import type {
  AffectFlag,
  CreateFlag,
  DestroyFlag,
  Domain,
  DomainEvent,
  DomainState,
  EventKind,
  ListDomainsFlag,
  MigrateFlag,
  MigrationParameters,
  NodeDeviceCapability,
  NodeDeviceEvent,
  ShutdownFlag,
  UndefineFlag,
  UpdateDeviceFlag,
  XmlFlag,
} from '../codec/index.ts';
import type { CallOptions } from '../connection/index.ts';

/** By what a domain is looked for. */
export type DomainQuery =
  | { readonly name: string }
  | { readonly uuid: string }
  /** Of a running domain. */
  | { readonly id: number };

/** Domains and their lives. XML is text here: who has it parsed and made is another matter. */
export interface Domains {
  /** All, unless flags say which. */
  list(flags?: readonly ListDomainsFlag[], options?: CallOptions): Promise<readonly Domain[]>;
  find(query: DomainQuery, options?: CallOptions): Promise<Domain | null>;
  readState(domain: Domain, options?: CallOptions): Promise<DomainState>;
  readXml(domain: Domain, flags?: readonly XmlFlag[], options?: CallOptions): Promise<string>;
  /** Starts a domain that is defined. */
  start(domain: Domain, flags?: readonly CreateFlag[], options?: CallOptions): Promise<void>;
  /** Asks the guest to stop; whether it does, and when, an event tells. */
  shutdown(domain: Domain, flags?: readonly ShutdownFlag[], options?: CallOptions): Promise<void>;
  /** Pulls the plug. */
  destroy(domain: Domain, flags?: readonly DestroyFlag[], options?: CallOptions): Promise<void>;
  suspend(domain: Domain, options?: CallOptions): Promise<void>;
  resume(domain: Domain, options?: CallOptions): Promise<void>;
  undefine(domain: Domain, flags?: readonly UndefineFlag[], options?: CallOptions): Promise<void>;
}

/** Devices of a domain. None of these is idempotent. */
export interface DomainDevices {
  attach(domain: Domain, xml: string, flags: readonly AffectFlag[], options?: CallOptions): Promise<void>;
  /** Asks the guest to let go. That it has is told by an event: use detachAndWait(). */
  detach(domain: Domain, xml: string, flags: readonly AffectFlag[], options?: CallOptions): Promise<void>;
  /** The same, for the device that libvirt calls so. */
  detachAlias(
    domain: Domain,
    alias: string,
    flags: readonly AffectFlag[],
    options?: CallOptions,
  ): Promise<void>;
  /** Changes what can be changed in place: an interface's link state. */
  update(
    domain: Domain,
    xml: string,
    flags: readonly UpdateDeviceFlag[],
    options?: CallOptions,
  ): Promise<void>;
}

/** Devices of the machine, by libvirt's names: "pci_0000_3b_02_1". */
export interface NodeDevices {
  /** All, unless capabilities say which. */
  list(capabilities?: readonly NodeDeviceCapability[], options?: CallOptions): Promise<readonly string[]>;
  readXml(name: string, options?: CallOptions): Promise<string>;
  /** Takes it from its driver and gives it to vfio-pci, or to the driver that is named. */
  detach(name: string, driver?: string | null, options?: CallOptions): Promise<void>;
  reattach(name: string, options?: CallOptions): Promise<void>;
  reset(name: string, options?: CallOptions): Promise<void>;
}

/** A migration that the two daemons do among themselves. */
export interface PeerToPeerMigration extends MigrationParameters {
  /** How the source's daemon reaches the destination's: "qemu+tls://host-b/system". */
  readonly destinationUri: string;
  /** 'peer2peer' need not be said. */
  readonly flags: readonly MigrateFlag[];
}

/** Live migration. */
export interface Migrations {
  /** Returns when the domain runs at the destination. No limit unless told: its length is the guest's to choose. */
  migrateToUri(domain: Domain, migration: PeerToPeerMigration, options?: CallOptions): Promise<void>;
  /** Ends the job that runs; the domain stays where it is, unless it has switched over already. */
  abort(domain: Domain, options?: CallOptions): Promise<void>;
  setMaxDowntime(domain: Domain, downtimeMs: number, options?: CallOptions): Promise<void>;
  setMaxSpeed(domain: Domain, mibPerSecond: number, options?: CallOptions): Promise<void>;
}

/** What a watch tells: libvirt's events, and what one must know of the watch itself. */
export type LibvirtEvent =
  | DomainEvent
  | NodeDeviceEvent
  /** Events come again, or one could not be understood: what is known may be old, so look. */
  | { readonly kind: 'look-again' }
  /** None come, until look-again is told; if `final`, never again. */
  | { readonly kind: 'events-lost'; readonly cause: Error; readonly final: boolean };

export interface WatchOptions extends CallOptions {
  /** All, unless told. The two about the watch itself always come. */
  readonly kinds?: readonly EventKind[];
}

export interface EventWatch extends AsyncDisposable {
  /** What was asked for, and cannot be told by this driver or backend. */
  readonly missing: readonly EventKind[];
  /** Nothing is told afterwards. Idempotent. */
  close(): Promise<void>;
}

/** What can be asked of libvirt by any way to it: its own protocol, or virsh. */
export interface Libvirt extends AsyncDisposable {
  readonly domains: Domains;
  readonly devices: DomainDevices;
  readonly nodeDevices: NodeDevices;
  readonly migrations: Migrations;
  readHostname(options?: CallOptions): Promise<string>;
  /** XML. */
  readCapabilities(options?: CallOptions): Promise<string>;
  /**
   * Tells what happens from now on. First watch, then look, and nothing is missed. The handler is never called again after
   * close(), may be called before this returns, and must not throw.
   */
  watch(handler: (event: LibvirtEvent) => void, options?: WatchOptions): Promise<EventWatch>;
  /** Idempotent. */
  close(): Promise<void>;
}
