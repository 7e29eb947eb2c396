import { parsePciAddress, type PciAddress } from '@virtfn/model';

const TABLE_NAME = /^virtfn-([0-9a-f]{4,8})\.([0-9a-f]{2})\.([01][0-9a-f])\.([0-7])$/;

/** The table of a VF's filter. nft knows no colons in names. */
export function tableNameOf(pciAddress: PciAddress): string {
  return `virtfn-${pciAddress.replaceAll(':', '.')}`;
}

/** Whose filter a table is; null: the table is not ours. */
export function pciAddressOf(tableName: string): PciAddress | null {
  const match = TABLE_NAME.exec(tableName);
  if (match === null) return null;
  const [, domain, bus, device, func] = match;
  return parsePciAddress(`${domain}:${bus}:${device}.${func}`);
}
