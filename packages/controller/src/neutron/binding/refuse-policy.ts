import { type DesiredVfSettings, effectiveCapability, findUnmetDemand, kbpsToMbps } from '@virtfn/model';
import {
  type AttachmentDocument,
  type PortDocument,
  QOS_POLICY_KIND,
  type QosPolicyDocument,
} from '../documents/index.ts';
import { type Call, findDocument } from '../framework/index.ts';
import { QOS_RULE_TYPES } from '../resources/qos-rule-types.ts';
import { conflict, type NeutronError } from '../wire/index.ts';
import { activeAttachmentOf } from './port-binding.ts';
import { isOfCard } from './port-of-document.ts';
import { ratesOf } from './qos-rates.ts';

const NOTHING: DesiredVfSettings = {
  adminMac: null,
  vlan: null,
  spoofCheck: false,
  trust: false,
  linkState: 'auto',
  minTxRateMbps: null,
  maxTxRateMbps: null,
};

/**
 * Refuses a port's policy that its VF cannot follow: what no card does, and, if the port has its VF, what this card or
 * its link does not.
 *
 * @throws {NeutronError} QosRuleNotSupported
 */
export async function refusePolicy(call: Call, port: PortDocument): Promise<void> {
  const policyId = port.qos_policy_id ?? port.qos_network_policy_id;
  if (policyId === null || !isOfCard(port['binding:vnic_type'])) return;
  const policy = await findDocument<QosPolicyDocument>(call.db, QOS_POLICY_KIND, policyId);
  if (policy === undefined) return;
  refusePolicyFor(call, policy, port, await activeAttachmentOf(call, port));
}

/**
 * The same for a port whose policy and VF are known; undefined: it has none.
 *
 * @throws {NeutronError} QosRuleNotSupported
 */
export function refusePolicyFor(
  call: Pick<Call, 'settings'>,
  policy: QosPolicyDocument,
  port: PortDocument,
  attachment: AttachmentDocument | undefined,
): void {
  const vnicType = port['binding:vnic_type'];
  if (!isOfCard(vnicType)) return;
  for (const rule of policy.rules) {
    const ruleType = QOS_RULE_TYPES.find(({ type }) => type === rule.type);
    if (ruleType?.isSupported(rule, vnicType) !== true) throw notSupported(rule.type, port, '');
  }
  if (attachment !== undefined) refuseForCard(call, policy, port, attachment);
}

function refuseForCard(
  call: Pick<Call, 'settings'>,
  policy: QosPolicyDocument,
  port: PortDocument,
  attachment: AttachmentDocument,
): void {
  const host = call.settings.fleet.find(attachment.host_id);
  const pf = host?.pfs.find((each) => each.pf.pciAddress === attachment.pf)?.pf;
  // A host that is not known will say itself what it could not do.
  if (pf === undefined) return;
  const { minKbps, maxKbps } = ratesOf(policy);
  const capability = effectiveCapability(pf, pf.eswitchMode);
  const demands = [
    { type: 'minimum_bandwidth', settings: { minTxRateMbps: minKbps === null ? null : kbpsToMbps(minKbps) } },
    { type: 'bandwidth_limit', settings: { maxTxRateMbps: maxKbps === null ? null : kbpsToMbps(maxKbps) } },
  ];
  for (const { type, settings } of demands) {
    const unmet = findUnmetDemand({ ...NOTHING, ...settings }, pf, capability);
    if (unmet !== null) throw notSupported(type, port, `: ${unmet.why}`);
  }
}

/** @param why is ours: Neutron does not tell */
function notSupported(type: string, { id }: PortDocument, why: string): NeutronError {
  return conflict('QosRuleNotSupported', `Rule ${type} is not supported by port ${id}${why}`);
}
