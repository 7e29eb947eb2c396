import { effectiveCapability, findUnmetDemand, type PciAddress, pciAddressParts } from '@virtfn/model';
import type { Reason, ReasonCode } from './reason.ts';
import type { NumaDemand, ScheduleRequest, SchedulerHost, SchedulerPf } from './request.ts';

/** Why a PF cannot serve the request with any of its VFs; null: it may. */
export function refusePf(request: ScheduleRequest, host: SchedulerHost, each: SchedulerPf): Reason | null {
  const { pf, physicalNetworks, taken, guaranteedMbps } = each;
  const refuse = (code: ReasonCode, text: string): Reason => ({ code, pf: pf.pciAddress, vfs: null, text });
  const { physicalNetwork } = request;
  if (physicalNetwork !== null && !physicalNetworks.includes(physicalNetwork)) {
    const joined = physicalNetworks.length === 0 ? 'no physical network' : physicalNetworks.join(', ');
    return refuse('physical-network', `it is joined to ${joined}, not to ${physicalNetwork}`);
  }
  if (request.needsSwitchdev && pf.eswitchMode !== 'switchdev')
    return refuse('switchdev', `its eswitch mode is ${pf.eswitchMode ?? 'legacy'}, not switchdev`);
  if (request.needsFilter && !host.canFilter)
    return refuse(
      'no-filter',
      'its host cannot filter packets, which the security groups of the port ask for',
    );
  if (request.apartFrom.some((other) => isTooNear(request, host, other, pf.pciAddress)))
    return refuse('apart', `a port that this one shall be apart from is on the same ${request.apart}`);
  if (!pf.adminUp || !pf.carrier) return refuse('link-down', pf.adminUp ? 'it has no carrier' : 'it is down');
  const numa = refuseNumaNode(request.numa, host, pf.numaNode);
  if (numa !== null) return refuse('numa', numa);
  if (request.vnicType === 'direct-physical') return refuseWholePf(each, refuse);
  if (taken.has(-1)) return refuse('pf-in-use', 'the whole PF is given to a port');
  if (pf.numVfs === 0) return refuse('no-vfs', `no VFs are enabled on it, of ${pf.totalVfs} that could be`);
  const unmet = findUnmetDemand(request.settings, pf, effectiveCapability(pf, pf.eswitchMode));
  if (unmet !== null) return refuse('capability', `it cannot ${unmet.action}: ${unmet.why}`);
  const { minTxRateMbps } = request.settings;
  if (minTxRateMbps !== null && pf.linkMbps !== null && guaranteedMbps + minTxRateMbps > pf.linkMbps) {
    return refuse(
      'bandwidth',
      `of its ${pf.linkMbps} Mbit/s ${guaranteedMbps} are guaranteed to others, and ${minTxRateMbps} are asked for`,
    );
  }
  return null;
}

function refuseWholePf(
  { pf, taken }: SchedulerPf,
  refuse: (code: ReasonCode, text: string) => Reason,
): Reason | null {
  if (pf.carriesDefaultRoute) return refuse('default-route', 'it carries the default route of the host');
  if (taken.size > 0)
    return refuse('pf-in-use', `${taken.has(-1) ? 'it' : 'some of its VFs'} is given to others`);
  if (pf.numVfs > 0) return refuse('pf-in-use', `it has ${pf.numVfs} VFs; a PF is given away without any`);
  return null;
}

function isTooNear(
  { apart }: ScheduleRequest,
  { hostId }: SchedulerHost,
  other: ScheduleRequest['apartFrom'][number],
  pf: PciAddress,
): boolean {
  if (other.hostId !== hostId) return false;
  return apart === 'pf' ? other.pf === pf : cardOf(other.pf) === cardOf(pf);
}

/** Ports of one card are functions of one device. */
function cardOf(pf: PciAddress): string {
  const { domain, bus, device } = pciAddressParts(pf);
  return `${domain}:${bus}:${device}`;
}

/** Whether the node is one of the guest's; unknown without a node. */
export function isAffine({ nodes }: NumaDemand, node: number | null): boolean {
  return node !== null && nodes.includes(node);
}

function refuseNumaNode(
  numa: NumaDemand | null,
  { socketOfNode }: SchedulerHost,
  node: number | null,
): string | null {
  if (numa === null || numa.nodes.length === 0 || numa.policy === 'preferred' || isAffine(numa, node))
    return null;
  const where = node === null ? 'it is on no NUMA node that is known' : `it is on NUMA node ${node}`;
  const wanted = `the guest is on ${numa.nodes.join(', ')}`;
  if (numa.policy === 'legacy') return node === null ? null : `${where}, ${wanted}`;
  if (numa.policy === 'required') return `${where}, ${wanted}`;
  const socket = node === null ? undefined : socketOfNode.get(node);
  const isNear = socket !== undefined && numa.nodes.some((each) => socketOfNode.get(each) === socket);
  return isNear ? null : `${where}, on another socket than the guest’s`;
}
