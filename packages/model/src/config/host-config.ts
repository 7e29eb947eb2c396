import type { DesiredVfSettings, VfDriver } from '../desired/index.ts';
import type { Bridge } from '../domains/index.ts';
import type { ModuleOption } from '../drivers/index.ts';
import type { MacAddress } from '../ethernet/index.ts';
import type { EswitchMode } from '../inventory/index.ts';
import type { NetdevName, PhysicalNetwork } from '../names/index.ts';
import type { PciAddress, PciId } from '../pci/index.ts';

/** Which PF is meant. Several facts must all hold. */
export interface PfMatch {
  readonly pciAddress: PciAddress | null;
  readonly netdevName: NetdevName | null;
  readonly mac: MacAddress | null;
  readonly serial: string | null;
  readonly vendorId: PciId | null;
  readonly productId: PciId | null;
  readonly driver: string | null;
}

/** One VF that the host itself uses. */
export interface VfConfig {
  readonly vfIndex: number;
  readonly driver: Exclude<VfDriver, 'none'>;
  readonly mtu: number | null;
  readonly settings: DesiredVfSettings;
}

export interface PfConfig {
  readonly match: PfMatch;
  readonly numVfs: number;
  /** null: the driver takes the number by sysfs, or by the option that the driver table has. */
  readonly moduleOption: ModuleOption | null;
  readonly physicalNetworks: readonly PhysicalNetwork[];
  readonly mtu: number | null;
  readonly eswitchMode: EswitchMode | null;
  readonly adminUp: boolean;
  /** MACs of this host behind a bridge over the PF that its VFs shall reach. */
  readonly localMacs: readonly MacAddress[];
  /** VFs that are somebody else's business. */
  readonly reservedVfs: readonly number[];
  readonly vfs: readonly VfConfig[];
}

/** A switch of the host on a wire, for interfaces of virtual machines that are no VF's. */
export interface BridgeConfig extends Bridge {
  readonly physicalNetwork: PhysicalNetwork;
  /** What an interface on it is in; null: untagged, or for Open vSwitch any VLAN, which it is told with each interface. */
  readonly vlanId: number | null;
}

/** What a host's owner wants of it: `host.yaml`. */
export interface HostConfig {
  readonly pfs: readonly PfConfig[];
  readonly bridges: readonly BridgeConfig[];
  /** Where libvirt takes machines that come to this host; null: by TLS under the host's name. */
  readonly migrationUri: string | null;
  /** Whether its controller may change the number of VFs, in this file. */
  readonly controllerMayChangeVfs: boolean;
}
