import type { MacAddress } from '../ethernet/index.ts';
import type { VfRef } from '../inventory/index.ts';
import type { AttachmentId, HostId, NetworkId, PortId } from '../names/index.ts';

/** How a port meets its virtual machine; Neutron's words, of which these are the ones that virtfn can make. */
export type VnicType = 'direct' | 'macvtap' | 'direct-physical' | 'normal';
/** What a binding gave; Neutron's words. */
export type VifType = 'unbound' | 'binding_failed' | 'hw_veb' | 'hostdev_physical' | 'bridge' | 'ovs';
/** `DOWN` until the agent has read back from the kernel that the VF is right. */
export type PortStatus = 'ACTIVE' | 'DOWN' | 'BUILD' | 'ERROR';

export interface Binding {
  readonly hostId: HostId | null;
  readonly vnicType: VnicType;
  readonly vifType: VifType;
  /** As the wire has it: Nova's keys, kept as they came. */
  readonly profile: Readonly<Record<string, unknown>>;
}

/** Rates of a QoS policy, in kbit/s as Neutron has them; null: none. */
export interface QosRates {
  readonly minKbps: number | null;
  readonly maxKbps: number | null;
}

export interface Port {
  readonly portId: PortId;
  readonly networkId: NetworkId;
  readonly mac: MacAddress;
  readonly adminStateUp: boolean;
  readonly portSecurityEnabled: boolean;
  readonly trusted: boolean;
  readonly propagateUplinkStatus: boolean;
  readonly qos: QosRates;
  readonly binding: Binding;
  readonly status: PortStatus;
}

/** What a port asks of the VF that serves it. */
export type PortWishes = Pick<
  Port,
  'mac' | 'adminStateUp' | 'portSecurityEnabled' | 'trusted' | 'propagateUplinkStatus' | 'qos'
>;

/** A VF reserved for a port. One port has at most one on a host, and one VF serves at most one (invariant 1). */
export interface Allocation {
  readonly portId: PortId;
  readonly hostId: HostId;
  readonly vf: VfRef;
  readonly attachmentId: AttachmentId;
}

/** A VF that was given to a virtual machine for an allocation. */
export interface Attachment {
  readonly attachmentId: AttachmentId;
  readonly vf: VfRef;
  /** libvirt's domain name; null while the VF is prepared but not yet plugged. */
  readonly vm: string | null;
}

/** Which status of a port allows which action: one table for API, CLI and dashboard. */
export const PORT_ACTIONS = {
  bind: { statuses: ['DOWN', 'ERROR'] },
  unbind: { statuses: ['ACTIVE', 'DOWN', 'BUILD', 'ERROR'] },
  attach: { statuses: ['DOWN', 'ACTIVE'] },
  detach: { statuses: ['ACTIVE', 'BUILD', 'ERROR'] },
  migrate: { statuses: ['ACTIVE'] },
  delete: { statuses: ['ACTIVE', 'DOWN', 'BUILD', 'ERROR'] },
} as const satisfies Record<string, { readonly statuses: readonly PortStatus[] }>;

export type PortAction = keyof typeof PORT_ACTIONS;

export function portCan(action: PortAction, status: PortStatus): boolean {
  const statuses: readonly PortStatus[] = PORT_ACTIONS[action].statuses;
  return statuses.includes(status);
}
