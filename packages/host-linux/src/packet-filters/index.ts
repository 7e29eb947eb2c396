// The packet filters of VFs in nftables, netdev family: a table for each VF whose name is its PCI address.
// Must never touch a table that is not ours, leave a VF without its filter while it is changed, or go through a shell.
export { NftPacketFilters } from './nft-packet-filters.ts';
export type { NftProgram } from './run-nft.ts';
