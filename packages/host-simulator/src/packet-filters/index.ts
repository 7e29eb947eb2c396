// Packet filters in memory: what passes a port, judged packet by packet, and what may go wrong around nftables.
// Must never share code with the real filters: it is what they are held against.
export { type FilterFault, FilterFaults, type FilterStepMatch } from './filter-faults.ts';
export { FlowTable } from './flow-table.ts';
export { judgePacket } from './judge-packet.ts';
export {
  type Fragment,
  type IpPacket,
  type OtherFrame,
  type Packet,
  protocolOf,
  type Transport,
} from './packet.ts';
export { type ListNetdevs, SimulatedPacketFilters } from './simulated-packet-filters.ts';
