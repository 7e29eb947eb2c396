/** The page of a host, with nothing of it chosen. */
export const hostPath = (hostId: string): string => `/hosts/${encodeURIComponent(hostId)}`;

/** The page of a PF. @param pf PCI address */
export const pfPath = (hostId: string, pf: string): string => `${hostPath(hostId)}/pfs/${pf}`;

/** The page of a host, with one VF chosen. */
export const vfPath = (hostId: string, pf: string, vfIndex: number): string =>
  `${hostPath(hostId)}?vf=${pf}/${vfIndex}`;

/** The page of a host, with one virtual machine chosen. @param key its UUID; where nobody has told it, its name */
export const machinePath = (hostId: string, key: string): string =>
  `${hostPath(hostId)}?vm=${encodeURIComponent(key)}`;
