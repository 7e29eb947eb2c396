// The documents of the API as they are kept, and what each kind is found by.
// Must not hold what may be done with them: that is `resources/`.
export * from './address-group.ts';
export * from './address-scope.ts';
export * from './flavor.ts';
export * from './index-values.ts';
export * from './migration.ts';
export * from './network.ts';
export * from './port.ts';
export * from './qos-policy.ts';
export * from './rbac-policy.ts';
export * from './security-group.ts';
export * from './subnet.ts';
export * from './subnetpool.ts';
export * from './attachment.ts';
export * from './trunk.ts';
