// Documents of `/virtfn/v1` from what agents have reported of hosts: the same for a fleet of them as for one that answers by itself.
// Must never reach a host, a store or a clock: it is handed what is known, and plans nothing that it does.
export { hostDifferences } from './host-differences.ts';
export { listFindings, listMachines, listNics, listPfs } from './host-lists.ts';
export { listHosts, physicalNetworksOf, summaryOfHost } from './host-views.ts';
export { nextTurn } from './next-turn.ts';
export { pageOfHosts } from './page.ts';
export { planOfRequest } from './plan-of-request.ts';
export type { ReportedHost, ReportedHosts } from './reported-host.ts';
export { getVfOf, isAskedVf, vfOfList, vfRows } from './vf-rows.ts';
