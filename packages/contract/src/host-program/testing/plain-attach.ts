import type { AttachRequest } from '../request.ts';

/** A request to attach any VF, with nothing out of the ordinary. */
export const PLAIN_ATTACH = {
  request: 'attach',
  configFile: null,
  pf: null,
  vfIndex: null,
  spoofCheck: true,
  trust: false,
  minTxRateMbps: null,
  maxTxRateMbps: null,
  dryRun: false,
} as const satisfies Partial<AttachRequest>;
