import type { DesiredPort } from '../desired-port.ts';

/** Of a port about which nothing is out of the ordinary. */
export const PLAIN_PORT = {
  adminStateUp: true,
  portSecurityEnabled: true,
  trusted: false,
  propagateUplinkStatus: false,
  qos: { minKbps: null, maxKbps: null },
  vm: null,
} as const satisfies Partial<DesiredPort>;
