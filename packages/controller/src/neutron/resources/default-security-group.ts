import { randomUUID } from 'node:crypto';
import {
  SECURITY_GROUP_KIND,
  SECURITY_GROUP_RULE_KIND,
  type SecurityGroupDocument,
  type SecurityGroupRuleDocument,
} from '../documents/index.ts';
import {
  chargeQuota,
  insertDocument,
  listDocuments,
  standardValues,
  type WriteCall,
} from '../framework/index.ts';

const DEFAULT = 'default';

/** The group of a project that ports have which name none; made when it is first needed, as Neutron does. */
export async function ensureDefaultSecurityGroup(call: WriteCall, projectId: string): Promise<string> {
  const groups = await listDocuments<SecurityGroupDocument>(call.db, SECURITY_GROUP_KIND, [
    { field: 'project_id', values: [projectId] },
    { field: 'name', values: [DEFAULT] },
  ]);
  const [found] = groups;
  if (found !== undefined) return found.id;
  const id = randomUUID();
  await chargeQuota(call, 'security_group', projectId);
  const rules: SecurityGroupRuleDocument[] = [];
  for (const ethertype of ['IPv4', 'IPv6'] as const) {
    rules.push(
      newRule(call, { projectId, groupId: id, ethertype, direction: 'egress', remoteGroupId: null }),
    );
    rules.push(newRule(call, { projectId, groupId: id, ethertype, direction: 'ingress', remoteGroupId: id }));
  }
  await insertDocument(call, SECURITY_GROUP_KIND, {
    id,
    name: DEFAULT,
    stateful: true,
    tenant_id: projectId,
    project_id: projectId,
    description: 'Default security group',
    shared: false,
    security_group_rules: rules,
    tags: [],
    ...standardValues(call, 1),
  });
  for (const rule of rules) await insertDocument(call, SECURITY_GROUP_RULE_KIND, rule);
  return id;
}

interface NewRule {
  readonly projectId: string;
  readonly groupId: string;
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly direction: 'egress' | 'ingress';
  readonly remoteGroupId: string | null;
}

function newRule(call: WriteCall, rule: NewRule): SecurityGroupRuleDocument {
  return {
    id: randomUUID(),
    tenant_id: rule.projectId,
    project_id: rule.projectId,
    security_group_id: rule.groupId,
    ethertype: rule.ethertype,
    direction: rule.direction,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_address_group_id: null,
    normalized_cidr: null,
    remote_group_id: rule.remoteGroupId,
    description: null,
    tags: [],
    ...standardValues(call, 0),
  };
}
