import type { QosRule, WireVnicType } from '../documents/index.ts';
import {
  type AttributeTable,
  type Document,
  readOnly,
  resource,
  type Resource,
  writable,
} from '../framework/index.ts';
import { InvalidValue, integer, oneOf, type ParseValue } from '../values/index.ts';
import { NeutronError } from '../wire/index.ts';

const LARGEST = 2_147_483_647;
const DIRECTIONS = ['egress', 'ingress'] as const;

/** What may stand in the IP header: class selectors, assured and expedited forwarding (RFC 2474, 2597, 3246). */
const DSCP_MARKS = [
  0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56,
] as const;

/** A value that a card can be given, in the words of `/qos/rule-types`. */
interface RuleParameter {
  readonly parameter_name: string;
  readonly parameter_type: 'range' | 'choices';
  readonly parameter_values: { readonly start: number; readonly end: number } | readonly string[];
}

/** A rule as its own path shows it: without its type and policy, which are in the path. */
export interface QosRuleDocument extends Document {
  readonly type: QosRule['type'];
}

export interface QosRuleType {
  readonly type: QosRule['type'];
  readonly resource: Resource<QosRuleDocument>;
  /** What the card takes of it; null: no card does anything of the kind. */
  readonly parameters: readonly RuleParameter[] | null;
  /** Whether the VF of such a port can have it. */
  readonly isSupported: (rule: QosRule, vnicType: WireVnicType) => boolean;
}

const rate: ParseValue<number> = integer(0, LARGEST);
const range = (name: string): RuleParameter => ({
  parameter_name: name,
  parameter_type: 'range',
  parameter_values: { start: 0, end: LARGEST },
});
const choices = (name: string, values: readonly string[]): RuleParameter => ({
  parameter_name: name,
  parameter_type: 'choices',
  parameter_values: values,
});

const dscpMark: ParseValue<number> = (value) => {
  const mark = integer(0, 63)(value);
  if (DSCP_MARKS.some((each) => each === mark)) return mark;
  throw new InvalidValue(`'${mark}' is not in valid_values`);
};

const direction = writable(oneOf(DIRECTIONS), { value: 'egress' });

/** Only VFs have rates, a PF that is given away whole has its link to itself. */
const hasRates = (vnicType: WireVnicType): boolean => vnicType === 'direct' || vnicType === 'macvtap';

/** All types of rules, in the order in which Neutron lists them. */
export const QOS_RULE_TYPES: readonly QosRuleType[] = [
  {
    type: 'minimum_bandwidth',
    resource: ruleResource('minimum_bandwidth', { min_kbps: writable(rate, 'required'), direction }),
    parameters: [range('min_kbps'), choices('direction', DIRECTIONS)],
    isSupported: (_rule, vnicType) => hasRates(vnicType),
  },
  {
    type: 'bandwidth_limit',
    resource: ruleResource('bandwidth_limit', {
      max_kbps: writable(rate, 'required'),
      max_burst_kbps: writable(rate, { value: 0 }),
      direction,
    }),
    parameters: [range('max_kbps'), range('max_burst_kbps'), choices('direction', ['egress'])],
    // What a VF receives no card limits.
    isSupported: (rule, vnicType) =>
      hasRates(vnicType) && !('direction' in rule && rule.direction === 'ingress'),
  },
  {
    type: 'dscp_marking',
    resource: ruleResource('dscp_marking', { dscp_mark: writable(dscpMark, 'required') }),
    parameters: null,
    isSupported: () => false,
  },
];

/** Rules are kept in their policy's document: this is how they are read, listed and shown. */
function ruleResource(type: QosRule['type'], attributes: AttributeTable): Resource<QosRuleDocument> {
  return resource<QosRuleDocument>({
    name: `${type}_rule`,
    collection: `${type}_rules`,
    quota: null,
    notFound: (id) => ruleNotFound(id, ''),
    fields: () => [],
    indexed: new Set(),
    attributes: { ...attributes, id: readOnly() },
  });
}

export const ruleNotFound = (id: string, policyId: string): NeutronError =>
  new NeutronError(404, 'QosRuleNotFound', `QoS rule ${id} for policy ${policyId} could not be found.`);
