import type { SecurityGroupRuleDocument } from '../documents/index.ts';
import { formatNetwork } from '../ip/index.ts';
import { conflict, NeutronError } from '../wire/neutron-error.ts';
import { hasPorts, isIcmp, isOfIpv6Only, protocolNumber, PROTOCOLS_WITH_PORTS } from './ip-protocols.ts';
import { networkOfCidr } from './subnet-checks.ts';

/** What a rule matches. */
export type RuleMatch = Pick<
  SecurityGroupRuleDocument,
  | 'security_group_id'
  | 'ethertype'
  | 'direction'
  | 'protocol'
  | 'port_range_min'
  | 'port_range_max'
  | 'remote_ip_prefix'
  | 'remote_address_group_id'
  | 'remote_group_id'
>;

const refused = (type: string, message: string): NeutronError => new NeutronError(400, type, message);

/** ICMP in IPv6 has a number and a name of its own; those of IPv4 are taken for them, as Neutron does. */
export function canonicalProtocol({ ethertype, protocol }: RuleMatch): string | null {
  if (ethertype !== 'IPv6') return protocol;
  if (protocol === 'icmp' || protocol === 'icmpv6') return 'ipv6-icmp';
  return protocol === '1' ? '58' : protocol;
}

/** The prefix as it is meant, without what is behind its length. */
export function normalizedCidr({ remote_ip_prefix: prefix }: RuleMatch): string | null {
  return prefix === null ? null : formatNetwork(networkOfCidr(prefix));
}

/** @throws {NeutronError} what is wrong with a rule in itself */
export function refuseWrongRule(rule: RuleMatch): void {
  const { ethertype, protocol, remote_ip_prefix: prefix } = rule;
  const remotes = [prefix, rule.remote_group_id, rule.remote_address_group_id];
  if (remotes.filter((remote) => remote !== null).length > 1) {
    throw refused(
      'SecurityGroupMultipleRemoteEntites',
      'Only one of remote_ip_prefix, remote_group_id or remote_address_group_id may be provided.',
    );
  }
  refuseWrongPorts(rule);
  if (prefix !== null && `IPv${networkOfCidr(prefix).version}` !== ethertype) {
    throw refused(
      'SecurityGroupRuleParameterConflict',
      `Conflicting value ethertype ${ethertype} for CIDR ${prefix}`,
    );
  }
  if (protocol !== null && ethertype === 'IPv4' && isOfIpv6Only(protocol)) {
    throw refused(
      'SecurityGroupEthertypeConflictWithProtocol',
      `Invalid ethertype ${ethertype} for protocol ${protocol}.`,
    );
  }
}

function refuseWrongPorts({ protocol, port_range_min: min, port_range_max: max }: RuleMatch): void {
  if (min === null && max === null) return;
  if (protocol === null) {
    throw refused(
      'SecurityGroupProtocolRequiredWithPorts',
      'Must also specify protocol if port range is given.',
    );
  }
  if (hasPorts(protocol)) {
    if (min === 0 || max === 0) throw refused('SecurityGroupInvalidPortValue', 'Invalid value for port 0');
    if (min === null || max === null || min > max) {
      throw refused(
        'SecurityGroupInvalidPortRange',
        'For TCP/UDP protocols, port_range_min must be <= port_range_max',
      );
    }
    return;
  }
  if (!isIcmp(protocol)) {
    throw refused(
      'SecurityGroupInvalidProtocolForPort',
      `Port range cannot be specified for protocol ${protocol}. Port range is only supported for ${PROTOCOLS_WITH_PORTS}.`,
    );
  }
  refuseWrongIcmp('type', 'port_range_min', min);
  refuseWrongIcmp('code', 'port_range_max', max);
  if (min === null) {
    throw refused(
      'SecurityGroupMissingIcmpType',
      `ICMP code (port-range-max) ${String(max)} is provided but ICMP type (port-range-min) is missing.`,
    );
  }
}

function refuseWrongIcmp(field: string, attribute: string, value: number | null): void {
  if (value === null || value <= 255) return;
  throw refused(
    'SecurityGroupInvalidIcmpValue',
    `Invalid value for ICMP ${field} (${attribute}) ${value}. It must be 0 to 255.`,
  );
}

/** @throws {NeutronError} SecurityGroupRuleExists */
export function refuseTwice(rule: RuleMatch, others: readonly SecurityGroupRuleDocument[]): void {
  const same = others.find((other) => matchKey(other) === matchKey(rule));
  if (same === undefined) return;
  throw conflict('SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${same.id}.`);
}

/** The same for rules that match the same, however they say it. */
export function matchKey(rule: RuleMatch): string {
  const { protocol, remote_ip_prefix: prefix } = rule;
  const isAnywhere = prefix === '0.0.0.0/0' || prefix === '::/0';
  return JSON.stringify([
    rule.direction,
    rule.ethertype,
    rule.port_range_min,
    rule.port_range_max,
    protocol === null ? null : protocolNumber(protocol),
    rule.remote_group_id,
    rule.remote_address_group_id,
    isAnywhere ? null : prefix,
  ]);
}
