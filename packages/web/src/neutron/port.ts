import type { NeutronObject } from '@virtfn/contract/neutron-client';
import { readNumber, readRecord, readText, readTexts } from './read-attribute.ts';

export interface Port {
  readonly id: string;
  readonly name: string | null;
  readonly projectId: string | null;
  readonly networkId: string;
  readonly mac: string;
  readonly fixedIps: readonly string[];
  readonly vnicType: string;
  /** null: it is bound nowhere, or not shown to whoever asks. */
  readonly hostId: string | null;
  readonly vifType: string | null;
  readonly pciAddress: string | null;
  readonly vlan: string | null;
  readonly status: string;
  readonly isAdminUp: boolean;
  /** Of the virtual machine that uses it, as its owner says. */
  readonly deviceId: string | null;
  readonly isSecured: boolean;
  readonly securityGroups: readonly string[];
  readonly qosPolicyId: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  /** Goes up with each change. */
  readonly revision: number;
}

export function portOf(object: NeutronObject): Port {
  const profile = readRecord(object, 'binding:profile');
  const details = readRecord(object, 'binding:vif_details');
  return {
    id: object.id,
    name: readText(object, 'name'),
    projectId: readText(object, 'project_id'),
    networkId: readText(object, 'network_id') ?? '',
    mac: readText(object, 'mac_address') ?? '',
    fixedIps: fixedIpsOf(object['fixed_ips']),
    vnicType: readText(object, 'binding:vnic_type') ?? '',
    hostId: readText(object, 'binding:host_id'),
    vifType: readText(object, 'binding:vif_type'),
    pciAddress: typeof profile['pci_slot'] === 'string' ? profile['pci_slot'] : null,
    vlan: typeof details['vlan'] === 'string' ? details['vlan'] : null,
    status: readText(object, 'status') ?? '',
    isAdminUp: object['admin_state_up'] === true,
    deviceId: readText(object, 'device_id'),
    isSecured: object['port_security_enabled'] === true,
    securityGroups: readTexts(object, 'security_groups'),
    qosPolicyId: readText(object, 'qos_policy_id'),
    createdAt: readText(object, 'created_at'),
    updatedAt: readText(object, 'updated_at'),
    revision: readNumber(object, 'revision_number') ?? 0,
  };
}

/** What people call it. */
export const titleOf = ({ name, id }: { readonly name: string | null; readonly id: string }): string =>
  name ?? id;

function fixedIpsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null || !('ip_address' in each)) return [];
    return typeof each.ip_address === 'string' ? [each.ip_address] : [];
  });
}
