import type { MacAddress } from '../ethernet/index.ts';
import type { VfRef } from '../inventory/index.ts';
import type { AttachmentId, NetdevName, PhysicalNetwork, PortId } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';
import type { DomainId } from './domain.ts';

/** How a port is made for a virtual machine: Neutron's kinds, and a VF with a virtio interface that stands by. */
export type PortKind = 'direct' | 'macvtap' | 'direct-physical' | 'normal' | 'failover';

/**
 * `live`: in the running machine, until it stops. `config`: in its configuration, for its next start. `both`: as soon as
 * it runs, and after each start.
 */
export type PlugScope = 'live' | 'config' | 'both';

/** A switch of the host that interfaces of virtual machines are plugged into. */
export interface Bridge {
  readonly kind: 'linux' | 'ovs';
  readonly name: NetdevName;
}

/** What a port comes to on this host. */
export type PlugPlace =
  | { readonly kind: 'direct' | 'macvtap'; readonly vf: VfRef }
  | { readonly kind: 'failover'; readonly vf: VfRef; readonly bridge: Bridge }
  | { readonly kind: 'direct-physical'; readonly pf: PciAddress }
  | { readonly kind: 'normal'; readonly bridge: Bridge };

/** A port that shall be in a virtual machine. */
export interface WantedInterface {
  readonly attachmentId: AttachmentId;
  readonly portId: PortId;
  readonly domainId: DomainId;
  readonly scope: PlugScope;
  readonly mac: MacAddress;
  readonly vlanId: number | null;
  readonly physicalNetwork: PhysicalNetwork;
  readonly place: PlugPlace;
  /** Whether the machine is on its way to this host, or away from it. */
  readonly move: Move | null;
}

export type Move =
  | { readonly kind: 'arriving' }
  | {
      readonly kind: 'departing';
      readonly migrationId: string;
      /** Where libvirt takes machines on the other host, and what the port is to be there. */
      readonly uri: string;
      readonly arrival: Arrival;
    };

/** What a port comes to on the host that its machine goes to. */
export interface Arrival {
  readonly attachmentId: AttachmentId;
  readonly pciAddress: PciAddress;
  readonly netdevName: NetdevName | null;
  readonly bridge: Bridge | null;
}
