import type { MacAddress, PciAddress } from '@virtfn/model';
import { pickedMac } from '../kernel/index.ts';
import {
  hasCarrier,
  pfNetdevName,
  type SimulatedMachine,
  type SimulatedPf,
  type SimulatedVf,
  vfAddress,
  vfRepresentor,
} from '../machine/index.ts';

/** A network interface in the host's own namespace. */
export interface Netdev {
  /** The kernel counts up and never gives a number again. Here it is the place in the list: 1 is lo. */
  readonly ifIndex: number;
  readonly name: string;
  readonly mac: MacAddress;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly carrier: boolean;
  /** Mbit/s; null when it is not known. */
  readonly linkMbps: number | null;
  readonly promiscuous: boolean;
  /** The PCI device that the interface belongs to. A representor belongs to the PF (K12). */
  readonly device: PciAddress;
  readonly role: NetdevRole;
}

export type NetdevRole =
  | { readonly kind: 'pf'; readonly pf: SimulatedPf }
  | { readonly kind: 'vf'; readonly pf: SimulatedPf; readonly vf: SimulatedVf }
  | { readonly kind: 'representor'; readonly pf: SimulatedPf; readonly vf: SimulatedVf };

/** All interfaces but lo, in the order of their numbers: PFs, then representors and VFs of each. */
export function listNetdevs(machine: SimulatedMachine): readonly Netdev[] {
  const all = [
    ...machine.pfs.flatMap((pf) => pfNetdev(pf, machine.clock.now())),
    ...machine.pfs.flatMap((pf) => [
      ...pf.vfs.flatMap((vf) => representorNetdev(pf, vf)),
      ...pf.vfs.flatMap((vf) => vfNetdev(pf, vf)),
    ]),
  ];
  return all.map((netdev, index) => ({ ...netdev, ifIndex: index + 2 }));
}

type Unnumbered = Omit<Netdev, 'ifIndex'>;

function pfNetdev(pf: SimulatedPf, now: number): readonly Unnumbered[] {
  const name = pfNetdevName(pf);
  if (name === null) return [];
  const { mac, mtu, adminUp, promiscuous, address, linkMbps } = pf;
  const carrier = hasCarrier(pf, now);
  const role: NetdevRole = { kind: 'pf', pf };
  const speed = carrier ? linkMbps : null;
  return [{ name, mac, mtu, isUp: adminUp, carrier, linkMbps: speed, promiscuous, device: address, role }];
}

/** Nobody brings VFs and representors up here: whoever uses them does. */
const DOWN = { isUp: false, carrier: false, linkMbps: null, promiscuous: false } as const;

function vfNetdev(pf: SimulatedPf, vf: SimulatedVf): readonly Unnumbered[] {
  // Another namespace has it, so neither `ip link` nor sysfs of this one show it.
  const isAway = vf.users.some((user) => user.kind === 'network-namespace');
  if (vf.netdevName === null || vf.effectiveMac === null || isAway) return [];
  const device = vfAddress(pf, vf.vfIndex);
  const role: NetdevRole = { kind: 'vf', pf, vf };
  return [{ ...DOWN, name: vf.netdevName, mac: vf.effectiveMac, mtu: vf.mtu, device, role }];
}

function representorNetdev(pf: SimulatedPf, vf: SimulatedVf): readonly Unnumbered[] {
  if (pf.eswitchMode !== 'switchdev' || pfNetdevName(pf) === null) return [];
  // Made up by the driver, and another one than the VF's own.
  const mac = `0a${pickedMac(pf, vf.vfIndex).slice(2)}` as MacAddress;
  const role: NetdevRole = { kind: 'representor', pf, vf };
  return [{ ...DOWN, name: vfRepresentor(pf, vf.vfIndex), mac, mtu: 1500, device: pf.address, role }];
}
