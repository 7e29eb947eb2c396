import type { XdrReader, XdrWriter } from '../xdr/index.ts';
import { type Domain, writeDomain } from './domain.ts';
import { type AffectFlag, affectFlags, bitsOf, type UpdateDeviceFlag, updateDeviceFlags } from './flags.ts';
import { nothing, remote } from './procedure.ts';
import { readTypedParam, type TypedParam, writeTypedParam } from './typed-param.ts';

interface DeviceXml<Flag extends string> {
  readonly domain: Domain;
  /** One device element. */
  readonly xml: string;
  readonly flags: readonly Flag[];
}

const writeDevice =
  <Flag extends string>(table: Readonly<Record<Flag, number>>) =>
  (writer: XdrWriter, { domain, xml, flags }: DeviceXml<Flag>): void => {
    writeDomain(writer, domain);
    writer.string(xml).uint(bitsOf(table, flags));
  };

export const attachDevice = remote(
  160,
  'virDomainAttachDeviceFlags',
  writeDevice<AffectFlag>(affectFlags),
  nothing,
);

/**
 * Asks the guest to let a device go. The answer may come before it has: what happened is told by an event only
 * (qemuDomainDetachDeviceLive waits 5 s for it, src/qemu/qemu_hotplug.c).
 */
export const detachDevice = remote(
  161,
  'virDomainDetachDeviceFlags',
  writeDevice<AffectFlag>(affectFlags),
  nothing,
);

/** Always returns before the device is gone. */
export const detachDeviceAlias = remote(
  392,
  'virDomainDetachDeviceAlias',
  (
    writer,
    given: { readonly domain: Domain; readonly alias: string; readonly flags: readonly AffectFlag[] },
  ) => {
    writeDomain(writer, given.domain);
    writer.string(given.alias).uint(bitsOf(affectFlags, given.flags));
  },
  nothing,
);

/** Changes what can be changed of a device in place: an interface's link state, network, filter. */
export const updateDevice = remote(
  174,
  'virDomainUpdateDeviceFlags',
  writeDevice<UpdateDeviceFlag>(updateDeviceFlags),
  nothing,
);

/** Since the interface came. Null: the driver does not count it. 2^53 bytes pass a 100 Gbit/s card in eight days. */
export interface InterfaceStats {
  readonly rxBytes: bigint | null;
  readonly rxPackets: bigint | null;
  readonly rxErrors: bigint | null;
  readonly rxDropped: bigint | null;
  readonly txBytes: bigint | null;
  readonly txPackets: bigint | null;
  readonly txErrors: bigint | null;
  readonly txDropped: bigint | null;
}

function readCounter(reader: XdrReader): bigint | null {
  const value = reader.hyper();
  return value < 0n ? null : value;
}

/** @param device the interface's name on the host, or its MAC */
export const interfaceStats = remote(
  65,
  'virDomainInterfaceStats',
  (writer, { domain, device }: { readonly domain: Domain; readonly device: string }) => {
    writeDomain(writer, domain);
    writer.string(device);
  },
  (reader): InterfaceStats => ({
    rxBytes: readCounter(reader),
    rxPackets: readCounter(reader),
    rxErrors: readCounter(reader),
    rxDropped: readCounter(reader),
    txBytes: readCounter(reader),
    txPackets: readCounter(reader),
    txErrors: readCounter(reader),
    txDropped: readCounter(reader),
  }),
);

/** virDomainInterfaceAddressesSource: who is asked. */
export const addressSources = { lease: 0, agent: 1, arp: 2 } as const;
export type AddressSource = keyof typeof addressSources;

export interface GuestInterface {
  /** In the guest, where its agent was asked; else on the host. */
  readonly name: string;
  readonly mac: string | null;
  readonly addresses: readonly {
    readonly family: 'ipv4' | 'ipv6';
    readonly address: string;
    readonly prefix: number;
  }[];
}

/** REMOTE_DOMAIN_INTERFACE_MAX and REMOTE_DOMAIN_IP_ADDR_MAX. */
const INTERFACES_MAX = 2048;
/** VIR_IP_ADDR_TYPE_IPV6; IPv4 is 0. */
const IPV6 = 1;

export const interfaceAddresses = remote(
  353,
  'virDomainInterfaceAddresses',
  (writer, { domain, source }: { readonly domain: Domain; readonly source: AddressSource }) => {
    writeDomain(writer, domain);
    writer.uint(addressSources[source]).uint(0);
  },
  (reader): readonly GuestInterface[] =>
    reader.array(INTERFACES_MAX, () => ({
      name: reader.string(),
      mac: reader.optional(() => reader.string()),
      addresses: reader.array(INTERFACES_MAX, () => ({
        family: reader.int() === IPV6 ? 'ipv6' : 'ipv4',
        address: reader.string(),
        prefix: reader.uint(),
      })),
    })),
);

/** REMOTE_DOMAIN_MEMORY_PARAMETERS_MAX. */
const MEMORY_PARAMS_MAX = 16;

export const setMemoryParameters = remote(
  197,
  'virDomainSetMemoryParameters',
  (
    writer,
    given: {
      readonly domain: Domain;
      readonly params: readonly TypedParam[];
      readonly flags: readonly AffectFlag[];
    },
  ) => {
    writeDomain(writer, given.domain);
    writer.array(given.params, MEMORY_PARAMS_MAX, writeTypedParam).uint(bitsOf(affectFlags, given.flags));
  },
  nothing,
);

/** VIR_TYPED_PARAM_STRING_OKAY; without it the daemon leaves texts out. */
const STRINGS_OKAY = 4;

export const getMemoryParameters = remote(
  198,
  'virDomainGetMemoryParameters',
  (writer, { domain, flags }: { readonly domain: Domain; readonly flags: readonly AffectFlag[] }) => {
    writeDomain(writer, domain);
    writer.int(MEMORY_PARAMS_MAX).uint(bitsOf(affectFlags, flags) | STRINGS_OKAY);
  },
  (reader) => {
    const params = reader.array(MEMORY_PARAMS_MAX, readTypedParam);
    reader.int(); // how many: the same
    return params;
  },
);
