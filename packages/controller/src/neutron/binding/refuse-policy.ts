import { type DesiredVfSettings, effectiveCapability, findUnmetDemand, kbpsToMbps } from '@virtfn/model';
import { type PortDocument, QOS_POLICY_KIND, type QosPolicyDocument } from '../documents/index.ts';
import { type Call, findDocument } from '../framework/index.ts';
import { QOS_RULE_TYPES } from '../resources/qos-rule-types.ts';
import { conflict, type NeutronError } from '../wire/index.ts';
import { activeAttachmentOf } from './port-binding.ts';
import { isOfCard } from './port-of-document.ts';
import { ratesOfPolicy } from './qos-rates.ts';

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
  const vnicType = port['binding:vnic_type'];
  if (policyId === null || !isOfCard(vnicType)) return;
  const policy = await findDocument<QosPolicyDocument>(call.db, QOS_POLICY_KIND, policyId);
  for (const rule of policy?.rules ?? []) {
    const ruleType = QOS_RULE_TYPES.find(({ type }) => type === rule.type);
    if (ruleType?.isSupported(rule, vnicType) !== true) throw notSupported(rule.type, port, '');
  }
  await refuseForCard(call, port, policyId);
}

async function refuseForCard(call: Call, port: PortDocument, policyId: string): Promise<void> {
  const attachment = await activeAttachmentOf(call, port);
  if (attachment === undefined) return;
  const host = call.settings.fleet.find(attachment.host_id);
  const pf = host?.pfs.find((each) => each.pf.pciAddress === attachment.pf)?.pf;
  // A host that is not known will say itself what it could not do.
  if (pf === undefined) return;
  const { minKbps, maxKbps } = await ratesOfPolicy(call, policyId);
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
