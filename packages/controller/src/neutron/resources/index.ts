// What the objects of the API mean: their attributes, and what making, changing and removing one does.
// Must not know HTTP: paths and envelopes are `http/`'s.
export { ADDRESS_GROUP } from './address-group.ts';
export { ADDRESS_SCOPE } from './address-scope.ts';
export { AGENT } from './agent.ts';
export { FLAVOR, SERVICE_PROFILE } from './flavor.ts';
export { NETWORK } from './network.ts';
export { NETWORK_IP_AVAILABILITY } from './network-ip-availability.ts';
export { PORT } from './port.ts';
export { QOS_POLICY } from './qos-policy.ts';
export { QOS_RULE_TYPE } from './qos-rule-type.ts';
export { RBAC_POLICY } from './rbac-policy.ts';
export { SEGMENT } from './segment.ts';
export { SUBNET } from './subnet.ts';
export { SUBNETPOOL } from './subnetpool.ts';
export { TRUNK } from './trunk.ts';
export { AVAILABILITY_ZONE, SERVICE_PROVIDER } from './unconfigured.ts';
