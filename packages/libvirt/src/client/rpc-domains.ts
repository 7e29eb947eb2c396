import {
  type AffectFlag,
  type CreateFlag,
  createWithFlags,
  createXml,
  type DefineFlag,
  defineXmlFlags,
  type DestroyFlag,
  destroyDomain,
  type Domain,
  type DomainState,
  getMemoryParameters,
  getState,
  getXmlDesc,
  type ListDomainsFlag,
  listAllDomains,
  lookupById,
  lookupByName,
  lookupByUuid,
  managedSave,
  restoreDomain,
  resumeDomain,
  type SaveFlag,
  saveDomain,
  setMemoryParameters,
  type ShutdownFlag,
  shutdownDomain,
  suspendDomain,
  type UndefineFlag,
  undefineDomain,
  type XmlFlag,
} from '../codec/index.ts';
import { type CallOptions, type Connection, LibvirtError } from '../connection/index.ts';
import type { DomainQuery, Domains } from './libvirt.ts';

/** VIR_DOMAIN_MEMORY_PARAM_UNLIMITED: 2^53 - 1, so that every limit is a number. */
const UNLIMITED = BigInt(Number.MAX_SAFE_INTEGER);

/** Waits as long as it takes, unless told: these write all memory of a guest. */
const patient: CallOptions = { timeoutMs: null };

export class RpcDomains implements Domains {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(flags: readonly ListDomainsFlag[] = [], options?: CallOptions): Promise<readonly Domain[]> {
    return this.#connection.call(listAllDomains, { flags }, options);
  }

  async find(query: DomainQuery, options?: CallOptions): Promise<Domain | null> {
    try {
      if ('name' in query) return await this.#connection.call(lookupByName, query, options);
      if ('uuid' in query) return await this.#connection.call(lookupByUuid, query, options);
      return await this.#connection.call(lookupById, query, options);
    } catch (error) {
      if (error instanceof LibvirtError && error.code === 'VIR_ERR_NO_DOMAIN') return null;
      throw error;
    }
  }

  readState(domain: Domain, options?: CallOptions): Promise<DomainState> {
    return this.#connection.call(getState, { domain }, options);
  }

  readXml(domain: Domain, flags: readonly XmlFlag[] = [], options?: CallOptions): Promise<string> {
    return this.#connection.call(getXmlDesc, { domain, flags }, options);
  }

  async start(domain: Domain, flags: readonly CreateFlag[] = [], options?: CallOptions): Promise<void> {
    await this.#connection.call(createWithFlags, { domain, flags }, options);
  }

  async shutdown(domain: Domain, flags: readonly ShutdownFlag[] = [], options?: CallOptions): Promise<void> {
    await this.#connection.call(shutdownDomain, { domain, flags }, options);
  }

  async destroy(domain: Domain, flags: readonly DestroyFlag[] = [], options?: CallOptions): Promise<void> {
    await this.#connection.call(destroyDomain, { domain, flags }, options);
  }

  async suspend(domain: Domain, options?: CallOptions): Promise<void> {
    await this.#connection.call(suspendDomain, { domain }, options);
  }

  async resume(domain: Domain, options?: CallOptions): Promise<void> {
    await this.#connection.call(resumeDomain, { domain }, options);
  }

  async undefine(domain: Domain, flags: readonly UndefineFlag[] = [], options?: CallOptions): Promise<void> {
    await this.#connection.call(undefineDomain, { domain, flags }, options);
  }

  /** Defines a domain, or anew the one with this UUID. */
  define(xml: string, flags: readonly DefineFlag[] = [], options?: CallOptions): Promise<Domain> {
    return this.#connection.call(defineXmlFlags, { xml, flags }, options);
  }

  /** Starts a transient domain: it is gone when it stops. */
  create(xml: string, flags: readonly CreateFlag[] = [], options?: CallOptions): Promise<Domain> {
    return this.#connection.call(createXml, { xml, flags }, options);
  }

  /** Stops it and keeps its memory in a file of the daemon's machine; `xml` is what restores instead of its own. */
  async save(
    domain: Domain,
    to: string,
    { xml = null, flags = [], ...options }: SaveOptions = {},
  ): Promise<void> {
    await this.#connection.call(saveDomain, { domain, to, xml, flags }, { ...patient, ...options });
  }

  async restore(from: string, { xml = null, flags = [], ...options }: SaveOptions = {}): Promise<void> {
    await this.#connection.call(restoreDomain, { from, xml, flags }, { ...patient, ...options });
  }

  /** Like save, into a file of libvirt's choice, from which the next start goes on. */
  async managedSave(domain: Domain, flags: readonly SaveFlag[] = [], options?: CallOptions): Promise<void> {
    await this.#connection.call(managedSave, { domain, flags }, { ...patient, ...options });
  }

  /**
   * The most memory that the domain's process may have, in KiB, and so how much it may lock for VFIO (memlock); null: no
   * limit.
   */
  async setMemoryHardLimit(
    domain: Domain,
    limitKib: number | null,
    flags: readonly AffectFlag[],
    options?: CallOptions,
  ): Promise<void> {
    const value = limitKib === null ? UNLIMITED : BigInt(limitKib);
    const params = [{ field: 'hard_limit', kind: 'ullong', value } as const];
    await this.#connection.call(setMemoryParameters, { domain, params, flags }, options);
  }

  /** In KiB; null: no limit. */
  async readMemoryHardLimit(
    domain: Domain,
    flags: readonly AffectFlag[] = [],
    options?: CallOptions,
  ): Promise<number | null> {
    const params = await this.#connection.call(getMemoryParameters, { domain, flags }, options);
    const limit = params.find(({ field }) => field === 'hard_limit');
    return limit?.kind === 'ullong' && limit.value < UNLIMITED ? Number(limit.value) : null;
  }
}

export interface SaveOptions extends CallOptions {
  readonly xml?: string | null;
  readonly flags?: readonly SaveFlag[];
}
