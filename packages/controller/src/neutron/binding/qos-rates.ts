import type { QosRates } from '@virtfn/model';
import { QOS_POLICY_KIND, type QosPolicyDocument } from '../documents/index.ts';
import { type Call, findDocument } from '../framework/index.ts';

const NO_RATES: QosRates = { minKbps: null, maxKbps: null };

/** The rates of the policy of that id; of none, if there is none. */
export async function ratesOfPolicy({ db }: Pick<Call, 'db'>, policyId: string | null): Promise<QosRates> {
  if (policyId === null) return NO_RATES;
  return ratesOf((await findDocument<QosPolicyDocument>(db, QOS_POLICY_KIND, policyId)) ?? null);
}

/** What a policy says of what a VF sends: cards shape no other direction. */
export function ratesOf(policy: QosPolicyDocument | null): QosRates {
  let { minKbps, maxKbps } = NO_RATES;
  for (const rule of policy?.rules ?? []) {
    if (rule.type === 'bandwidth_limit' && rule.direction === 'egress') maxKbps = rule.max_kbps;
    if (rule.type === 'minimum_bandwidth' && rule.direction === 'egress') minKbps = rule.min_kbps;
  }
  return { minKbps, maxKbps };
}
