import type { QosPolicyDocument, QosRule } from '../documents/index.ts';
import { conflict } from '../wire/index.ts';

/**
 * Checks a rule against the others of its policy: of each type there is one in each direction, and no minimum is above
 * the limit.
 *
 * @throws {NeutronError} QoSRulesConflict, QoSRuleParameterConflict
 */
export function refuseConflict(policy: Pick<QosPolicyDocument, 'id' | 'rules'>, rule: QosRule): void {
  const others = policy.rules.filter(({ id }) => id !== rule.id);
  for (const other of others.filter((each) => directionOf(each) === directionOf(rule))) {
    if (isAbove(other, rule) || isAbove(rule, other)) {
      throw conflict(
        'QoSRuleParameterConflict',
        `Unable to add the rule with value ${valueOf(rule)} to the policy ${policy.id} as the existing rule of type ${other.type} restricts the bandwidth to ${valueOf(other)}.`,
      );
    }
    if (other.type === rule.type) {
      throw conflict(
        'QoSRulesConflict',
        `Rule ${rule.type} conflicts with rule ${other.id} which already exists in QoS Policy ${policy.id}.`,
      );
    }
  }
}

/** A mark is for what is sent, and stands apart from rates. */
const directionOf = (rule: QosRule): string => (rule.type === 'dscp_marking' ? 'marking' : rule.direction);

function isAbove(minimum: QosRule, limit: QosRule): boolean {
  return (
    minimum.type === 'minimum_bandwidth' &&
    limit.type === 'bandwidth_limit' &&
    minimum.min_kbps > limit.max_kbps
  );
}

function valueOf(rule: QosRule): number {
  if (rule.type === 'bandwidth_limit') return rule.max_kbps;
  return rule.type === 'minimum_bandwidth' ? rule.min_kbps : rule.dscp_mark;
}
