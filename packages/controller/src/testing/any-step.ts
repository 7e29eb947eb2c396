/** Asks for all of a short audit log. */
export const ANY_STEP = {
  hostId: null,
  pf: null,
  vfIndex: null,
  portId: null,
  actor: null,
  code: null,
  since: null,
  until: null,
  before: null,
  limit: 1000,
} as const;
