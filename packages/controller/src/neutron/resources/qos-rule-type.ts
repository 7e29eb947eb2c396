import { type ComputedQuery, type Document, readOnly, resource, type Resource } from '../framework/index.ts';
import { forbidden, resourceNotFound } from '../wire/index.ts';
import { QOS_RULE_TYPES, type QosRuleType } from './qos-rule-types.ts';

/** How Neutron calls what makes VFs follow a policy. */
const DRIVER = 'sriovnicswitch';

/** A filter that decides what is listed, and is asked of nothing afterwards. */
const isDecidedBefore = () => ({ where: [], test: null });

/** `/v2.0/qos/rule-types`: by themselves those that cards can follow. */
export const QOS_RULE_TYPE: Resource = resource({
  name: 'rule_type',
  collection: 'rule_types',
  path: 'qos/rule-types',
  quota: null,
  rules: { get: 'member', create: null, update: null, remove: null },
  notFound: resourceNotFound,
  fields: () => [],
  indexed: new Set(),
  attributes: { type: readOnly(), drivers: readOnly({ canFilter: false, canSort: false }) },
  filters: { all_rules: isDecidedBefore, all_supported: isDecidedBefore },
  compute: async ({ identity }, wanted) => {
    if (wanted.kind === 'one' && !identity.isAdmin) throw forbidden('rule:get_rule_type');
    return QOS_RULE_TYPES.filter((ruleType) => isWanted(ruleType, wanted)).map((ruleType) =>
      wanted.kind === 'one' ? detailsOf(ruleType) : documentOf(ruleType),
    );
  },
});

function isWanted({ type, parameters }: QosRuleType, wanted: ComputedQuery): boolean {
  if (wanted.kind === 'one') return type === wanted.id;
  const isForAll = wanted.filters.get('all_rules')?.some((word) => /^(?:true|1)$/i.test(word)) === true;
  return isForAll || parameters !== null;
}

function documentOf({ type }: QosRuleType): Document {
  return { id: type, project_id: '', type };
}

function detailsOf(ruleType: QosRuleType): Document {
  const { parameters } = ruleType;
  const drivers = parameters === null ? [] : [{ name: DRIVER, supported_parameters: parameters }];
  return { ...documentOf(ruleType), drivers };
}
