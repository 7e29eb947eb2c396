/** What the controller is asked for some words. */
export interface Questions {
  /** Filters of Neutron's list of ports, each for a list of its own. */
  readonly ports: readonly Readonly<Record<string, string>>[];
  /** A PCI address in full. */
  readonly pciAddress: string | null;
  /** Name or UUID. */
  readonly vm: string;
}

const MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/;
const PCI_ADDRESS = /^(?:([0-9a-f]{4}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const IP = /^(?:\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:]*)$/;

/** What words may mean: a MAC is no name, and an address no id; anything else may be a name. Pure. */
export function questionsFor(words: string): Questions {
  const text = words.trim();
  const small = text.toLowerCase();
  const pciAddress = pciAddressOf(small);
  return { ports: pciAddress === null ? portFilters(text, small) : [], pciAddress, vm: text };
}

/** A PCI address in full, of one that may be without its domain; null: it is none. @param text in small letters */
export function pciAddressOf(text: string): string | null {
  const pci = PCI_ADDRESS.exec(text);
  return pci === null ? null : `${pci[1] ?? '0000'}:${pci[2]}`;
}

function portFilters(text: string, small: string): Questions['ports'] {
  if (MAC.test(small)) return [{ mac_address: small.replaceAll('-', ':') }];
  if (IP.test(small)) return [{ fixed_ips: `ip_address=${small}` }];
  if (UUID.test(small)) return [{ id: small }, { device_id: small }, { network_id: small }];
  return [{ name: text }];
}
