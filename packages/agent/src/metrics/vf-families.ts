import { family, type MetricFamily, type Series } from '@virtfn/contract/metrics';
import { countersOfVf, type PfCounters, type TrafficCounters, type VfCounters } from '@virtfn/host';
import type { AttachmentId, PciAddress, PhysicalFunction, VirtualFunction } from '@virtfn/model';
import { AGENT_METRICS as METRICS } from './catalog.ts';
import type { PortOfVf } from './ports-of-vfs.ts';

/** What is known of the VFs of a host. */
export interface VfFacts {
  readonly host: string;
  readonly pfs: readonly PhysicalFunction[];
  /** Of attachments that are for a port. */
  readonly ports: ReadonlyMap<AttachmentId, PortOfVf>;
  readonly counters: ReadonlyMap<PciAddress, PfCounters>;
}

type OfVf = Series<'pf' | 'vf' | 'port'>;

/** VFs as they were read last, with what they have counted where their driver counts. */
export function vfFamilies({ host, pfs, ports, counters }: VfFacts): readonly MetricFamily[] {
  const all = pfs.flatMap((pf) => pf.vfs.map((vf) => ({ pf, vf, port: portOf(vf, ports) })));
  const series = (value: (ofPf: PfCounters, vfIndex: number) => bigint | undefined): readonly OfVf[] =>
    all.flatMap(({ pf, vf: { vfIndex }, port }) => {
      const ofPf = counters.get(pf.pciAddress);
      const found = ofPf && value(ofPf, vfIndex);
      if (found === undefined) return [];
      return [[{ pf: pf.pciAddress, vf: String(vfIndex), port: port?.portId ?? '' }, found]];
    });
  const counted = (key: keyof TrafficCounters): readonly OfVf[] =>
    series((ofPf, vfIndex) => countersOfVf(ofPf, vfIndex)?.counters[key]);
  // No interface tells broadcast from the rest.
  const countedByCard = (key: keyof VfCounters): readonly OfVf[] =>
    series(({ vfs }, vfIndex) => vfs?.get(vfIndex)?.[key]);
  return [
    family(
      METRICS.vfInfo,
      all.map(({ pf, vf, port }) => [infoOf(host, pf, vf, port), 1]),
    ),
    family(METRICS.vfReceiveBytes, counted('rxBytes')),
    family(METRICS.vfTransmitBytes, counted('txBytes')),
    family(METRICS.vfReceivePackets, counted('rxPackets')),
    family(METRICS.vfTransmitPackets, counted('txPackets')),
    family(METRICS.vfReceiveDropped, counted('rxDropped')),
    family(METRICS.vfTransmitDropped, counted('txDropped')),
    family(METRICS.vfReceiveBroadcast, countedByCard('broadcast')),
    family(METRICS.vfReceiveMulticast, counted('multicast')),
  ];
}

function portOf({ attachmentId }: VirtualFunction, ports: VfFacts['ports']): PortOfVf | null {
  return attachmentId === null ? null : (ports.get(attachmentId) ?? null);
}

function infoOf(
  host: string,
  { pciAddress }: PhysicalFunction,
  vf: VirtualFunction,
  port: PortOfVf | null,
): Series<(typeof METRICS.vfInfo.labels)[number]>[0] {
  return {
    host,
    pf: pciAddress,
    vf: String(vf.vfIndex),
    pci_address: vf.pciAddress,
    attachment: vf.attachmentId ?? '',
    port: port?.portId ?? '',
    // Who was seen to have it comes before who shall have it.
    vm: vmSeenOn(vf) ?? port?.vm ?? '',
    network: port?.networkId ?? '',
    kind: port?.kind ?? '',
  };
}

function vmSeenOn({ users }: VirtualFunction): string | null {
  for (const user of users) if ('vm' in user && user.vm !== null) return user.vm;
  return null;
}
