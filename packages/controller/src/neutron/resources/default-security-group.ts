import { randomUUID } from 'node:crypto';
import {
  SECURITY_GROUP_KIND,
  SECURITY_GROUP_RULE_KIND,
  type SecurityGroupDocument,
  type SecurityGroupRuleDocument,
} from '../documents/index.ts';
import {
  type Call,
  chargeQuota,
  countInQuota,
  insertDocument,
  listDocuments,
  standardValues,
  type WriteCall,
} from '../framework/index.ts';

export const DEFAULT_GROUP_NAME = 'default';

/** What a rule of a new group says; all else in it is "any". */
type PlainRule = Pick<SecurityGroupRuleDocument, 'ethertype' | 'direction' | 'remote_group_id'>;

export async function findDefaultSecurityGroup(
  { db }: Pick<Call, 'db'>,
  projectId: string,
): Promise<SecurityGroupDocument | undefined> {
  const [found] = await listDocuments<SecurityGroupDocument>(db, SECURITY_GROUP_KIND, [
    { field: 'project_id', values: [projectId] },
    { field: 'name', values: [DEFAULT_GROUP_NAME] },
  ]);
  return found;
}

/** The group of a project that ports have which name none; made when it is first needed, as Neutron does. */
export async function ensureDefaultSecurityGroup(call: WriteCall, projectId: string): Promise<string> {
  const found = await findDefaultSecurityGroup(call, projectId);
  if (found !== undefined) return found.id;
  await chargeQuota(call, 'security_group', projectId);
  const id = randomUUID();
  await insertGroup(
    call,
    {
      id,
      name: DEFAULT_GROUP_NAME,
      stateful: true,
      tenant_id: projectId,
      project_id: projectId,
      description: 'Default security group',
    },
    defaultRules(id),
  );
  return id;
}

/** What the default group says until somebody changes it: all may go out, and come in from the group itself. */
export function defaultRules(groupId: string): readonly PlainRule[] {
  return (['IPv4', 'IPv6'] as const).flatMap((ethertype) => [
    ...egressRules(ethertype),
    { ethertype, direction: 'ingress', remote_group_id: groupId },
  ]);
}

/** What every new group says of an IP version: all may go out. */
export function egressRules(ethertype: PlainRule['ethertype']): readonly PlainRule[] {
  return [{ ethertype, direction: 'egress', remote_group_id: null }];
}

/** Keeps a new group with its first rules. */
export async function insertGroup(
  call: WriteCall,
  group: Pick<SecurityGroupDocument, 'id' | 'name' | 'stateful' | 'project_id' | 'description'> & {
    readonly tenant_id: string;
  },
  plainRules: readonly PlainRule[],
): Promise<SecurityGroupDocument> {
  const { id, project_id: projectId } = group;
  const rules = plainRules.map(
    (rule): SecurityGroupRuleDocument => ({
      id: randomUUID(),
      tenant_id: projectId,
      project_id: projectId,
      security_group_id: id,
      protocol: null,
      port_range_min: null,
      port_range_max: null,
      remote_ip_prefix: null,
      remote_address_group_id: null,
      normalized_cidr: null,
      description: null,
      ...rule,
      tags: [],
      ...standardValues(call, 0),
    }),
  );
  const kept = await insertDocument(call, SECURITY_GROUP_KIND, {
    ...group,
    shared: false,
    security_group_rules: rules,
    tags: [],
    ...standardValues(call, 1),
  });
  for (const rule of rules) await insertDocument(call, SECURITY_GROUP_RULE_KIND, rule);
  await countInQuota(call, 'security_group_rule', projectId, rules.length);
  return kept;
}
