import { family, type MetricFamily, type Series } from '@virtfn/contract/metrics';
import { type InterfaceCounters, mayCountVfs, type PfCounters } from '@virtfn/host';
import type {
  AttachmentId,
  Drift,
  PciAddress,
  PhysicalFunction,
  PhysicalNetwork,
  VirtualFunction,
} from '@virtfn/model';
import { AGENT_METRICS as METRICS } from './catalog.ts';

/** What is known of the PFs of a host. */
export interface PfFacts {
  readonly host: string;
  readonly pfs: readonly PhysicalFunction[];
  readonly physicalNetworks: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]>;
  readonly quarantined: ReadonlySet<AttachmentId>;
  /** null: nothing is wanted of the host. */
  readonly drift: readonly Drift[] | null;
  readonly counters: ReadonlyMap<PciAddress, PfCounters>;
}

type OfPf = Series<'pf'>;

const BYTES_PER_MEGABIT = 125_000;
const STATES = ['free', 'used', 'quarantined', 'foreign'] as const;

/** PFs as they were read last. */
export function pfFamilies({
  host,
  pfs,
  physicalNetworks,
  quarantined,
  drift,
  counters,
}: PfFacts): readonly MetricFamily[] {
  const each = (value: (pf: PhysicalFunction) => number | null): readonly OfPf[] =>
    pfs.flatMap((pf) => {
      const found = value(pf);
      return found === null ? [] : [[{ pf: pf.pciAddress }, found]];
    });
  const counted = (key: keyof InterfaceCounters): readonly OfPf[] =>
    [...counters].map(([pf, { own }]) => [{ pf }, own[key]]);
  return [
    family(
      METRICS.pfInfo,
      pfs.map((pf) => [infoOf(host, pf, physicalNetworks.get(pf.pciAddress) ?? []), 1]),
    ),
    family(
      METRICS.pfLinkUp,
      each(({ carrier }) => (carrier ? 1 : 0)),
    ),
    family(
      METRICS.pfSpeed,
      each(({ linkMbps }) => (linkMbps === null ? null : linkMbps * BYTES_PER_MEGABIT)),
    ),
    family(
      METRICS.pfMaxVfs,
      each(({ totalVfs }) => totalVfs),
    ),
    family(
      METRICS.pfVfs,
      pfs.flatMap((pf) => vfsByState(pf, quarantined)),
    ),
    family(
      METRICS.pfDrift,
      each(({ pciAddress }) => drift && drift.filter(({ pf }) => pf === pciAddress).length),
    ),
    family(METRICS.pfReceiveBytes, counted('rxBytes')),
    family(METRICS.pfTransmitBytes, counted('txBytes')),
    family(METRICS.pfReceivePackets, counted('rxPackets')),
    family(METRICS.pfTransmitPackets, counted('txPackets')),
    family(METRICS.pfReceiveDropped, counted('rxDropped')),
    family(METRICS.pfTransmitDropped, counted('txDropped')),
    family(METRICS.pfReceiveErrors, counted('rxErrors')),
    family(METRICS.pfTransmitErrors, counted('txErrors')),
    family(METRICS.pfReceiveMulticast, counted('multicast')),
    family(
      METRICS.vfCountersSupported,
      each((pf) => countersSupported(pf, counters.get(pf.pciAddress))),
    ),
  ];
}

function infoOf(
  host: string,
  { pciAddress, netdevName, driver, productName }: PhysicalFunction,
  networks: readonly PhysicalNetwork[],
): Series<'host' | 'pf' | 'netdev' | 'driver' | 'product' | 'physical_networks'>[0] {
  return {
    host,
    pf: pciAddress,
    netdev: netdevName ?? '',
    driver: driver ?? '',
    product: productName,
    physical_networks: networks.join(','),
  };
}

function vfsByState(
  { pciAddress, vfs }: PhysicalFunction,
  quarantined: ReadonlySet<AttachmentId>,
): readonly Series<'pf' | 'state'>[] {
  const states = vfs.map((vf) => stateOf(vf, quarantined));
  return STATES.map((state) => [{ pf: pciAddress, state }, states.filter((each) => each === state).length]);
}

function stateOf(
  { attachmentId, users }: VirtualFunction,
  quarantined: ReadonlySet<AttachmentId>,
): (typeof STATES)[number] {
  if (attachmentId === null) return users.length === 0 ? 'free' : 'foreign';
  return quarantined.has(attachmentId) ? 'quarantined' : 'used';
}

/** null: they could not be read, so that nobody can tell. */
function countersSupported(pf: PhysicalFunction, counters: PfCounters | undefined): number | null {
  if (!mayCountVfs(pf)) return 0;
  return counters === undefined ? null : Number(counters.vfs !== null);
}
