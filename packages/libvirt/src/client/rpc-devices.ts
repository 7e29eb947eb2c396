import {
  type AddressSource,
  type AffectFlag,
  attachDevice,
  detachDevice,
  detachDeviceAlias,
  type Domain,
  type GuestInterface,
  type InterfaceStats,
  interfaceAddresses,
  interfaceStats,
  listAllNodeDevices,
  type NodeDeviceCapability,
  nodeDeviceDetach,
  nodeDeviceLookup,
  nodeDeviceParent,
  nodeDeviceReattach,
  nodeDeviceReset,
  nodeDeviceXml,
  type UpdateDeviceFlag,
  updateDevice,
} from '../codec/index.ts';
import { type CallOptions, type Connection, LibvirtError } from '../connection/index.ts';
import type { DomainDevices, NodeDevices } from './libvirt.ts';

export class RpcDevices implements DomainDevices {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async attach(
    domain: Domain,
    xml: string,
    flags: readonly AffectFlag[],
    options?: CallOptions,
  ): Promise<void> {
    await this.#connection.call(attachDevice, { domain, xml, flags }, options);
  }

  async detach(
    domain: Domain,
    xml: string,
    flags: readonly AffectFlag[],
    options?: CallOptions,
  ): Promise<void> {
    await this.#connection.call(detachDevice, { domain, xml, flags }, options);
  }

  async detachAlias(
    domain: Domain,
    alias: string,
    flags: readonly AffectFlag[],
    options?: CallOptions,
  ): Promise<void> {
    await this.#connection.call(detachDeviceAlias, { domain, alias, flags }, options);
  }

  async update(
    domain: Domain,
    xml: string,
    flags: readonly UpdateDeviceFlag[],
    options?: CallOptions,
  ): Promise<void> {
    await this.#connection.call(updateDevice, { domain, xml, flags }, options);
  }

  /** @param device the interface's name on the host, or its MAC */
  readInterfaceStats(domain: Domain, device: string, options?: CallOptions): Promise<InterfaceStats> {
    return this.#connection.call(interfaceStats, { domain, device }, options);
  }

  /** The guest's interfaces, as its agent, the host's DHCP leases or its ARP table know them. */
  readInterfaceAddresses(
    domain: Domain,
    source: AddressSource,
    options?: CallOptions,
  ): Promise<readonly GuestInterface[]> {
    return this.#connection.call(interfaceAddresses, { domain, source }, options);
  }
}

export class RpcNodeDevices implements NodeDevices {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(
    capabilities: readonly NodeDeviceCapability[] = [],
    options?: CallOptions,
  ): Promise<readonly string[]> {
    return this.#connection.call(listAllNodeDevices, { capabilities }, options);
  }

  /** Whether the machine has it. */
  async exists(name: string, options?: CallOptions): Promise<boolean> {
    try {
      await this.#connection.call(nodeDeviceLookup, { name }, options);
      return true;
    } catch (error) {
      if (error instanceof LibvirtError && error.code === 'VIR_ERR_NO_NODE_DEVICE') return false;
      throw error;
    }
  }

  readXml(name: string, options?: CallOptions): Promise<string> {
    return this.#connection.call(nodeDeviceXml, { name }, options);
  }

  /** Null: it is the root. */
  readParent(name: string, options?: CallOptions): Promise<string | null> {
    return this.#connection.call(nodeDeviceParent, { name }, options);
  }

  async detach(name: string, driver: string | null = null, options?: CallOptions): Promise<void> {
    await this.#connection.call(nodeDeviceDetach, { name, driver }, options);
  }

  async reattach(name: string, options?: CallOptions): Promise<void> {
    await this.#connection.call(nodeDeviceReattach, { name }, options);
  }

  async reset(name: string, options?: CallOptions): Promise<void> {
    await this.#connection.call(nodeDeviceReset, { name }, options);
  }
}
