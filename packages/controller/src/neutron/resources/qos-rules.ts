import { randomUUID } from 'node:crypto';
import { QOS_POLICY_KIND, type QosPolicyDocument, type QosRule } from '../documents/index.ts';
import {
  type Call,
  type Given,
  getVisible,
  isVisible,
  listDocuments,
  replaceDocument,
  type WriteCall,
} from '../framework/index.ts';
import { forbidden } from '../wire/index.ts';
import { refuseConflict } from './qos-conflicts.ts';
import { QOS_POLICY } from './qos-policy.ts';
import { spreadPolicy } from './qos-ports.ts';
import { type QosRuleDocument, type QosRuleType, ruleNotFound } from './qos-rule-types.ts';

/** A rule is found in its policy, or by its own id alone. */
export interface RulePlace {
  /** null: whichever it is in. */
  readonly policyId: string | null;
  readonly ruleId: string;
}

interface FoundRule {
  readonly policy: QosPolicyDocument;
  readonly rule: QosPolicyDocument['rules'][number];
}

/** The rules of a policy that have this type. @throws {NeutronError} QosPolicyNotFound */
export async function listRules(
  call: Call,
  { type }: QosRuleType,
  policyId: string,
): Promise<readonly QosRuleDocument[]> {
  const policy = await getVisible(call, QOS_POLICY, policyId);
  return policy.rules.filter((rule) => rule.type === type).map((rule) => documentOfRule(policy, rule));
}

/** @throws {NeutronError} QosPolicyNotFound, QosRuleNotFound */
export async function getRule(call: Call, ruleType: QosRuleType, place: RulePlace): Promise<QosRuleDocument> {
  const { policy, rule } = await findRule(call, ruleType, place);
  return documentOfRule(policy, rule);
}

/** Adds a rule; the ports that have the policy follow it at once. */
export async function createRule(
  call: WriteCall,
  { type }: QosRuleType,
  policyId: string,
  given: Given,
): Promise<QosRuleDocument> {
  const policy = await getVisible(call, QOS_POLICY, policyId);
  refuseMember(call, `create_policy_${type}_rule`);
  const rule = ruleOf(policy, type, randomUUID(), given);
  refuseConflict(policy, rule);
  await keepRules(call, policy, [...policy.rules, rule]);
  return documentOfRule(policy, rule);
}

export async function updateRule(
  call: WriteCall,
  ruleType: QosRuleType,
  place: RulePlace,
  given: Given,
): Promise<QosRuleDocument> {
  const { policy, rule: before } = await findRule(call, ruleType, place);
  refuseMember(call, `update_${nameOf(ruleType, place)}`);
  const rule = ruleOf(policy, before.type, before.id, { ...before, ...given });
  refuseConflict(policy, rule);
  await keepRules(
    call,
    policy,
    policy.rules.map((each) => (each.id === rule.id ? rule : each)),
  );
  return documentOfRule(policy, rule);
}

export async function removeRule(call: WriteCall, ruleType: QosRuleType, place: RulePlace): Promise<void> {
  const { policy, rule } = await findRule(call, ruleType, place);
  refuseMember(call, `delete_${nameOf(ruleType, place)}`);
  await keepRules(
    call,
    policy,
    policy.rules.filter((each) => each.id !== rule.id),
  );
}

async function keepRules(
  call: WriteCall,
  policy: QosPolicyDocument,
  rules: QosPolicyDocument['rules'],
): Promise<void> {
  await spreadPolicy(call, await replaceDocument(call, QOS_POLICY_KIND, policy, { ...policy, rules }));
}

async function findRule(
  call: Call,
  { type }: QosRuleType,
  { policyId, ruleId }: RulePlace,
): Promise<FoundRule> {
  const policy =
    policyId === null ? await policyOfRule(call, ruleId) : await getVisible(call, QOS_POLICY, policyId);
  const rule = policy?.rules.find((each) => each.id === ruleId && each.type === type);
  if (policy === undefined || rule === undefined) throw ruleNotFound(ruleId, policyId ?? '');
  return { policy, rule };
}

async function policyOfRule(call: Call, ruleId: string): Promise<QosPolicyDocument | undefined> {
  const [policy] = await listDocuments<QosPolicyDocument>(call.db, QOS_POLICY_KIND, [
    { field: 'rule_id', values: [ruleId] },
  ]);
  return policy !== undefined && (await isVisible(call, QOS_POLICY, policy)) ? policy : undefined;
}

/** Rules are for administrators only. @throws {NeutronError} PolicyNotAuthorized */
function refuseMember({ identity }: Call, rule: string): void {
  if (!identity.isAdmin) throw forbidden(`rule:${rule}`);
}

const nameOf = ({ type }: QosRuleType, { policyId }: RulePlace): string =>
  policyId === null ? `alias_${type}_rule` : `policy_${type}_rule`;

/** The table of its type has read all that was given, so that it has the form of a rule. */
function ruleOf(
  policy: QosPolicyDocument,
  type: QosRule['type'],
  id: string,
  given: Given,
): FoundRule['rule'] {
  return { ...given, id, type, qos_policy_id: policy.id } as FoundRule['rule'];
}

function documentOfRule(policy: QosPolicyDocument, rule: QosRule): QosRuleDocument {
  return { ...rule, project_id: policy.project_id };
}
