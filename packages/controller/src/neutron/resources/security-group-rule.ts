import { setVisibility } from '../../store/index.ts';
import {
  ADDRESS_GROUP_KIND,
  SECURITY_GROUP_KIND,
  SECURITY_GROUP_RULE_KIND,
  type SecurityGroupDocument,
  type SecurityGroupRuleDocument,
} from '../documents/index.ts';
import {
  documentOf,
  fixed,
  type Given,
  getDocument,
  identityValues,
  insertDocument,
  isVisible,
  type Kind,
  type Document,
  PROJECT_ATTRIBUTES,
  readOnly,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  STANDARD_ATTRIBUTES,
  standardValues,
  TAGS,
  type WriteCall,
} from '../framework/index.ts';
import { spreadFilters } from '../binding/spread-filters.ts';
import { groupRef } from '../filtering/index.ts';
import { parseIp, parseNetwork } from '../ip/index.ts';
import { integer, nullable, oneOf, type ParseValue, text, uuid } from '../values/index.ts';
import { pythonText } from '../wire/python-text.ts';
import { forbidden, NeutronError } from '../wire/neutron-error.ts';
import { ipProtocol } from './ip-protocols.ts';
import {
  canonicalProtocol,
  normalizedCidr,
  refuseTwice,
  refuseWrongRule,
} from './security-group-rule-checks.ts';
import { refuseUnfilteredPorts } from './security-group-policy.ts';

const ethertype: ParseValue<'IPv4' | 'IPv6'> = (value) => {
  const found = (['IPv4', 'IPv6'] as const).find(
    (each) => typeof value === 'string' && each.toLowerCase() === value.toLowerCase(),
  );
  return found ?? oneOf(['IPv4', 'IPv6'], "['IPv4', 'IPv6']")(value);
};

/** An address or a prefix, with what is behind its length; an address alone is the prefix of it only. */
const remotePrefix: ParseValue<string | null> = (value) => {
  if (value === null || value === '') return null;
  if (typeof value === 'string') {
    if (parseNetwork(value) !== null) return value.toLowerCase();
    const ip = parseIp(value);
    if (ip !== null) return `${value.toLowerCase()}/${ip.version === 4 ? 32 : 128}`;
  }
  throw new NeutronError(400, 'InvalidCIDR', `Invalid CIDR ${pythonText(value)} given as IP prefix.`);
};

const portNumber: ParseValue<number | null> = (value) => {
  try {
    return nullable(integer(0, 65_535))(value);
  } catch {
    const message = `Invalid value for port ${pythonText(value)}`;
    throw new NeutronError(400, 'SecurityGroupInvalidPortValue', message);
  }
};

const none = { value: null } as const;

/** `/v2.0/security-group-rules`. A rule is an object of its own, and is shown in its group as well. */
export const SECURITY_GROUP_RULE: Resource<SecurityGroupRuleDocument> = resource<SecurityGroupRuleDocument>({
  ...SECURITY_GROUP_RULE_KIND,
  collection: 'security_group_rules',
  path: 'security-group-rules',
  rules: { get: 'member', create: 'member', update: null, remove: 'member' },
  indexed: new Set(['project_id', 'security_group_id', 'remote_group_id', 'remote_address_group_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    security_group_id: fixed(uuid, 'required'),
    ethertype: fixed(ethertype, { value: 'IPv4' }),
    direction: fixed(oneOf(['ingress', 'egress'], "['ingress', 'egress']"), 'required'),
    protocol: fixed(ipProtocol, none),
    port_range_min: fixed(portNumber, none),
    port_range_max: fixed(portNumber, none),
    remote_ip_prefix: fixed(remotePrefix, none),
    remote_address_group_id: fixed(nullable(uuid), none),
    normalized_cidr: readOnly(),
    remote_group_id: fixed(nullable(uuid), none),
    ...STANDARD_ATTRIBUTES,
    description: fixed(text(255), { value: '' }),
    ...TAGS,
  },
  // The owner of the group is the owner of what is in it.
  networkOwner: async ({ db }, { security_group_id: id }) =>
    (await getDocument(db, SECURITY_GROUP_KIND, String(id))).project_id,
  create: createRule,
  remove: dropRule,
});

async function createRule(call: WriteCall, given: Given): Promise<SecurityGroupRuleDocument> {
  const group = await getNamed<SecurityGroupDocument>(call, SECURITY_GROUP_KIND, given['security_group_id']);
  if (!call.identity.isAdmin && group.project_id !== call.identity.projectId)
    throw forbidden('rule:create_security_group_rule');
  const read = documentOf<SecurityGroupRuleDocument>(given, {
    ...identityValues(given),
    tags: [],
    ...standardValues(call, 0),
  });
  const named = { ...read, protocol: canonicalProtocol(read) };
  refuseWrongRule(named);
  if (named.remote_group_id !== null) await getNamed(call, SECURITY_GROUP_KIND, named.remote_group_id);
  if (named.remote_address_group_id !== null)
    await getNamed(call, ADDRESS_GROUP_KIND, named.remote_address_group_id);
  refuseTwice(named, group.security_group_rules);
  const rule = { ...named, normalized_cidr: normalizedCidr(named) };
  await insertDocument(call, SECURITY_GROUP_RULE_KIND, rule);
  if (rule.project_id !== group.project_id) {
    const object = { kind: SECURITY_GROUP_RULE_KIND.name, id: rule.id };
    await setVisibility(call.write, object, group.project_id, true);
  }
  await replaceRules(call, group, [...group.security_group_rules, rule]);
  return rule;
}

/** Removes a rule, and takes it out of its group. */
export async function dropRule(call: WriteCall, rule: SecurityGroupRuleDocument): Promise<void> {
  await removeDocument(call, SECURITY_GROUP_RULE_KIND, rule);
  const group = await getDocument<SecurityGroupDocument>(
    call.db,
    SECURITY_GROUP_KIND,
    rule.security_group_id,
  );
  await replaceRules(
    call,
    group,
    group.security_group_rules.filter(({ id }) => id !== rule.id),
  );
}

async function replaceRules(
  call: WriteCall,
  group: SecurityGroupDocument,
  rules: readonly SecurityGroupRuleDocument[],
): Promise<void> {
  const after = { ...group, security_group_rules: rules };
  await replaceDocument(call, SECURITY_GROUP_KIND, group, after);
  await refuseUnfilteredPorts(call, after);
  await spreadFilters(call, [groupRef(group.id)]);
}

/** What a rule names must be there for whoever names it. */
async function getNamed<Doc extends Document>(call: WriteCall, kind: Kind<Doc>, id: unknown): Promise<Doc> {
  const document = await getDocument<Doc>(call.db, kind, String(id));
  if (!(await isVisible(call, { name: kind.name, rules: { get: 'member' } }, document)))
    throw kind.notFound(String(id));
  return document;
}
