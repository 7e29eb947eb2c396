import { type VfSettings, ZERO_MAC } from '@virtfn/model';
import { type SimulatedMachine, type SimulatedPf, shownSettings } from '../machine/index.ts';
import { listNetdevs, type Netdev } from './netdevs.ts';

const LOOPBACK = [
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000',
  '    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
];

/**
 * What `ip link show` of iproute2 prints (print_linkinfo and print_vfinfo in ip/ipaddress.c): attributes that are 0 or
 * that the driver does not report (-1) are left out, a VF whose driver does not answer has no line at all (K9).
 */
export function printIpLink(machine: SimulatedMachine): string {
  const lines = listNetdevs(machine).flatMap((netdev) => [
    `${netdev.ifIndex}: ${netdev.name}: <${flagsOf(netdev)}> mtu ${netdev.mtu} qdisc ${qdiscOf(netdev)} ` +
      `state ${netdev.carrier ? 'UP' : 'DOWN'} mode DEFAULT group default qlen 1000`,
    `    link/ether ${netdev.mac} brd ff:ff:ff:ff:ff:ff`,
    ...(netdev.role.kind === 'pf' ? vfLines(netdev.role.pf, machine.clock.now()) : []),
  ]);
  return [...LOOPBACK, ...lines].map((line) => `${line}\n`).join('');
}

function flagsOf({ isUp, carrier, promiscuous }: Netdev): string {
  return [
    ...(isUp && !carrier ? ['NO-CARRIER'] : []),
    'BROADCAST',
    'MULTICAST',
    ...(promiscuous ? ['PROMISC'] : []),
    ...(isUp ? ['UP'] : []),
    ...(carrier ? ['LOWER_UP'] : []),
  ].join(',');
}

/** An interface gets its queues when it first comes up, and keeps them. */
function qdiscOf({ isUp, role }: Netdev): string {
  return isUp || (role.kind === 'pf' && role.pf.upAtBoot) ? 'mq' : 'noop';
}

function vfLines(pf: SimulatedPf, now: number): readonly string[] {
  return pf.vfs
    .filter((vf) => vf.resetUntil <= now)
    .map((vf) => {
      const settings = shownSettings(pf, vf);
      const mac = `link/ether ${settings.adminMac ?? ZERO_MAC} brd ff:ff:ff:ff:ff:ff`;
      return [`    vf ${vf.vfIndex}     ${mac}`, ...settingWords(settings)].join(', ');
    });
}

function settingWords(settings: VfSettings): readonly string[] {
  const { vlan, minTxRateMbps: min, maxTxRateMbps: max, spoofCheck, trust, linkState } = settings;
  const onOff = (is: boolean): string => (is ? 'on' : 'off');
  return [
    ...(vlan === null ? [] : [`vlan ${vlan.id}`]),
    ...(vlan === null || vlan.qos === 0 ? [] : [`qos ${vlan.qos}`]),
    ...(vlan === null || vlan.proto === '802.1q' ? [] : [`vlan protocol ${vlan.proto}`]),
    // The kernel gives the maximum twice, as IFLA_VF_TX_RATE and in IFLA_VF_RATE.
    ...(max === null ? [] : [`tx rate ${max} (Mbps)`, `max_tx_rate ${max}Mbps`]),
    ...(min === null ? [] : [`min_tx_rate ${min}Mbps`]),
    ...(spoofCheck === null ? [] : [`spoof checking ${onOff(spoofCheck)}`]),
    `link-state ${linkState}`,
    ...(trust === null ? [] : [`trust ${onOff(trust)}`]),
  ];
}
