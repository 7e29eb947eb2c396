import {
  PORT_KIND,
  SECURITY_GROUP_KIND,
  SECURITY_GROUP_RULE_KIND,
  type SecurityGroupDocument,
  type SecurityGroupRuleDocument,
} from '../documents/index.ts';
import {
  type Given,
  identityValues,
  listDocuments,
  PROJECT_ATTRIBUTES,
  readOnly,
  releaseQuota,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  STANDARD_ATTRIBUTES,
  TAGS,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { forgetSharing } from '../sharing.ts';
import { boolean, type ParseValue, text } from '../values/index.ts';
import { conflict } from '../wire/neutron-error.ts';
import {
  DEFAULT_GROUP_NAME,
  egressRules,
  ensureDefaultSecurityGroup,
  insertGroup,
} from './default-security-group.ts';
import { dropRule } from './security-group-rule.ts';

/** There is one default group in a project, and Neutron makes it. */
const groupName: ParseValue<string> = (value) => {
  const name = text(255)(value);
  if (name.toLowerCase() === DEFAULT_GROUP_NAME)
    throw conflict('SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  return name;
};

const shownOnly = readOnly({ canFilter: false, canSort: false });

/** `/v2.0/security-groups`. What they say is kept and shown; a card enforces none of it: see `security-group-policy.ts`. */
export const SECURITY_GROUP: Resource<SecurityGroupDocument> = resource<SecurityGroupDocument>({
  ...SECURITY_GROUP_KIND,
  collection: 'security_groups',
  path: 'security-groups',
  hasTags: true,
  indexed: new Set(['name', 'project_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    name: writable(groupName, { value: '' }),
    stateful: writable(boolean, { value: true }),
    shared: readOnly({ canSort: false }),
    security_group_rules: shownOnly,
    ...STANDARD_ATTRIBUTES,
    ...TAGS,
  },
  // Whoever sees a group of another project sees it because it is shared.
  memberView: (group, { identity }) =>
    group.project_id === identity.projectId ? group : { ...group, shared: true },
  create: async (call, given) => {
    const identity = identityValues(given);
    await ensureDefaultSecurityGroup(call, identity.project_id);
    return insertGroup(
      call,
      {
        ...identity,
        name: String(given['name']),
        stateful: given['stateful'] === true,
        description: String(given['description']),
      },
      [...egressRules('IPv4'), ...egressRules('IPv6')],
    );
  },
  update: updateGroup,
  remove: removeGroup,
});

async function updateGroup(
  call: WriteCall,
  before: SecurityGroupDocument,
  given: Given,
): Promise<SecurityGroupDocument> {
  if ('name' in given && before.name === DEFAULT_GROUP_NAME) {
    throw conflict('SecurityGroupCannotUpdateDefault', 'Updating the default security group not allowed.');
  }
  const isChangedInUse = 'stateful' in given && given['stateful'] !== before.stateful;
  if (isChangedInUse && (await isInUse(call, before.id))) throw inUse(before.id);
  return replaceDocument(call, SECURITY_GROUP_KIND, before, { ...before, ...given });
}

async function removeGroup(call: WriteCall, group: SecurityGroupDocument): Promise<void> {
  if (group.name === DEFAULT_GROUP_NAME && !call.identity.isAdmin) {
    throw conflict(
      'SecurityGroupCannotRemoveDefault',
      'Insufficient rights for removing default security group.',
    );
  }
  if (await isInUse(call, group.id)) throw inUse(group.id);
  // Rules elsewhere that let this group in go with it, as they do in Neutron.
  for (const field of ['remote_group_id', 'security_group_id']) {
    const rules = await listDocuments<SecurityGroupRuleDocument>(call.db, SECURITY_GROUP_RULE_KIND, [
      { field, values: [group.id] },
    ]);
    for (const rule of rules) {
      await dropRule(call, rule);
      await releaseQuota(call, 'security_group_rule', rule.project_id);
    }
  }
  await forgetSharing(call, group.id);
  await removeDocument(call, SECURITY_GROUP_KIND, group);
}

async function isInUse({ db }: WriteCall, groupId: string): Promise<boolean> {
  const ports = await listDocuments(db, PORT_KIND, [{ field: 'security_groups', values: [groupId] }]);
  return ports.length > 0;
}

const inUse = (id: string): Error => conflict('SecurityGroupInUse', `Security Group ${id} in use.`);
