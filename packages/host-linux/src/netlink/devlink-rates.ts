import type { PciAddress } from '@virtfn/model';
import type { DevlinkPort, DevlinkRate, RateChange } from '@virtfn/netlink';
import type { VfPort, VfRate } from './link-kernel.ts';

/** devlink counts bytes a second, the model 10^6 bits. */
const BYTES_PER_MBIT = 125_000n;

/**
 * The port that stands for a VF of a PF on this machine. A card whose PFs share one eswitch (`pf` then is the one that
 * has it) numbers the VFs of each PF from 0.
 */
export function findVfPort(
  ports: readonly DevlinkPort[],
  pf: PciAddress,
  vfIndex: number,
): DevlinkPort | null {
  const found = ports.filter(
    (port) => port.flavour === 'pcivf' && port.vfNumber === vfIndex && port.external !== true,
  );
  // Only by the PF's number can they be told apart, and drivers give it that of the PCI function.
  const own = found.length > 1 ? found.filter((port) => port.pfNumber === functionOf(pf)) : found;
  return own.length === 1 ? (own[0] ?? null) : null;
}

function functionOf(pf: PciAddress): number {
  return Number.parseInt(pf.slice(-1), 16);
}

/** Ports by VF number, of those that have a rate. */
export function portsOfVfs(
  ports: readonly DevlinkPort[],
  rates: readonly DevlinkRate[],
  pf: PciAddress,
): ReadonlyMap<number, VfPort> {
  const byPort = new Map(
    rates.flatMap((rate) => (rate.object.kind === 'leaf' ? [[rate.object.portIndex, rate] as const] : [])),
  );
  const ofVfs = new Map<number, VfPort>();
  for (const [vfIndex, candidates] of Map.groupBy(ports, ({ vfNumber }) => vfNumber)) {
    const port = vfIndex === null ? null : findVfPort(candidates, pf, vfIndex);
    const rate = port === null ? undefined : byPort.get(port.portIndex);
    if (vfIndex === null || port === null || rate === undefined) continue;
    const { txShare, txMax } = rate;
    ofVfs.set(vfIndex, {
      portIndex: port.portIndex,
      rate: { minTxRateMbps: mbpsOf(txShare), maxTxRateMbps: mbpsOf(txMax) },
    });
  }
  return ofVfs;
}

/** Rounded, because drivers round to what their hardware counts in; but a limit never becomes none. */
function mbpsOf(bytesPerSecond: bigint): number | null {
  if (bytesPerSecond === 0n) return null;
  return Math.max(1, Math.round(Number(bytesPerSecond) / Number(BYTES_PER_MBIT)));
}

/**
 * What brings the rate that is there to the one that is wanted, in an order in which the guarantee never exceeds the
 * limit: drivers refuse that.
 */
export function rateChanges(has: DevlinkRate, wanted: VfRate): readonly RateChange[] {
  const share = BigInt(wanted.minTxRateMbps ?? 0) * BYTES_PER_MBIT;
  const max = BigInt(wanted.maxTxRateMbps ?? 0) * BYTES_PER_MBIT;
  const setShare: RateChange[] = share === has.txShare ? [] : [{ kind: 'tx-share', bytesPerSecond: share }];
  const setMax: RateChange[] = max === has.txMax ? [] : [{ kind: 'tx-max', bytesPerSecond: max }];
  const isRaised = max === 0n || (has.txMax !== 0n && max > has.txMax);
  return isRaised ? [...setMax, ...setShare] : [...setShare, ...setMax];
}
