import type { EswitchMode, LinkState, MacAddress, NetdevName, PciAddress, Vlan } from '@virtfn/model';

/** What all formats are translated by. null everywhere: nothing is said about it. */
export interface PortableVf {
  readonly vfIndex: number;
  readonly driver: 'kernel' | 'vfio-pci' | null;
  readonly mac: MacAddress | null;
  readonly vlan: Vlan | null;
  readonly spoofCheck: boolean | null;
  readonly trust: boolean | null;
  readonly linkState: LinkState | null;
  readonly minTxRateMbps: number | null;
  readonly maxTxRateMbps: number | null;
}

export interface PortablePf {
  readonly pciAddress: PciAddress | null;
  readonly netdevName: NetdevName | null;
  readonly mac: MacAddress | null;
  readonly numVfs: number;
  readonly mtu: number | null;
  readonly eswitchMode: EswitchMode | null;
  /** MACs on the host that the VFs reach. */
  readonly localMacs: readonly MacAddress[];
  readonly vfs: readonly PortableVf[];
}

/** A text with what did not get into it, for people. */
export interface Translation {
  readonly text: string;
  readonly notes: readonly string[];
}

export interface Parsed {
  readonly pfs: readonly PortablePf[];
  readonly notes: readonly string[];
}

export const SILENT_VF: Omit<PortableVf, 'vfIndex'> = {
  driver: null,
  mac: null,
  vlan: null,
  spoofCheck: null,
  trust: null,
  linkState: null,
  minTxRateMbps: null,
  maxTxRateMbps: null,
};

export const SILENT_PF: Omit<PortablePf, 'numVfs'> = {
  pciAddress: null,
  netdevName: null,
  mac: null,
  mtu: null,
  eswitchMode: null,
  localMacs: [],
  vfs: [],
};

/** How a PF is called in notes. */
export function nameOfPf({ netdevName, pciAddress, mac }: PortablePf): string {
  return netdevName ?? pciAddress ?? mac ?? 'a PF without a name';
}

/** PFs that have an interface, for formats that know PFs by it only; the others are notes. */
export function withNetdev(
  format: string,
  pfs: readonly PortablePf[],
): {
  readonly named: readonly (PortablePf & { readonly netdevName: NetdevName })[];
  readonly notes: readonly string[];
} {
  const hasName = (pf: PortablePf): pf is PortablePf & { readonly netdevName: NetdevName } =>
    pf.netdevName !== null;
  return {
    named: pfs.filter(hasName),
    notes: pfs
      .filter((pf) => !hasName(pf))
      .map((pf) => `${nameOfPf(pf)} is left out: ${format} knows interfaces only, and it has none`),
  };
}

/** Notes for formats without a word for the eswitch mode. */
export function notesOnEswitchMode(format: string, pfs: readonly PortablePf[]): readonly string[] {
  return pfs
    .filter((pf) => pf.eswitchMode !== null)
    .map((pf) => `${format} has no word for the eswitch mode of ${nameOfPf(pf)}`);
}

/** Notes for formats without a word for MACs on the host that VFs reach. */
export function notesOnLocalMacs(format: string, pfs: readonly PortablePf[]): readonly string[] {
  return pfs
    .filter((pf) => pf.localMacs.length > 0)
    .map(
      (pf) =>
        `${format} has no word for what VFs of ${nameOfPf(pf)} reach on the host: ${pf.localMacs.join(', ')}`,
    );
}

const FIELD_NAMES = {
  driver: 'driver',
  mac: 'MAC',
  vlan: 'VLAN',
  spoofCheck: 'spoof check',
  trust: 'trust',
  linkState: 'link state',
  minTxRateMbps: 'rate at least',
  maxTxRateMbps: 'rate at most',
} as const;

/** Defaults of every driver: who cannot say them loses nothing. */
function isUsual(field: keyof typeof FIELD_NAMES, value: unknown): boolean {
  if (value === null) return true;
  if (field === 'driver') return value === 'kernel';
  if (field === 'spoofCheck') return value === true;
  if (field === 'trust') return value === false;
  return field === 'linkState' && value === 'auto';
}

/** Notes on what of some PFs a format has no word for. */
export function notesOnLost(
  format: string,
  pfs: readonly PortablePf[],
  lost: readonly (keyof typeof FIELD_NAMES)[],
): readonly string[] {
  return pfs.flatMap((pf) =>
    pf.vfs.flatMap((vf) => {
      const fields = lost.filter((field) => !isUsual(field, vf[field])).map((field) => FIELD_NAMES[field]);
      return fields.length === 0
        ? []
        : [`${format} has no word for the ${fields.join(', ')} of VF ${vf.vfIndex} of ${nameOfPf(pf)}`];
    }),
  );
}
