import type { DeviceSpec, VlanRange } from '@virtfn/model';
import type { ScheduleRequest } from '../scheduler/index.ts';
import type { Fleet } from './fleet.ts';

/** What an operator decides about the API, and what it needs of the outside. */
export interface NeutronSettings {
  readonly vlanRanges: readonly VlanRange[];
  /** Physical networks that may have a flat network. `*`: all that have a VLAN range or a PF. */
  readonly flatNetworks: readonly string[];
  /** First three bytes of the MACs that are made up: `fa:16:3e`. */
  readonly baseMac: string;
  /** Limits for projects that have none of their own; -1: none. */
  readonly quotas: Readonly<Record<string, number>>;
  /** Largest MTU of a physical network's networks. */
  readonly mtu: number;
  /**
   * What becomes of security groups on ports of a card, which cannot filter: `neutron` keeps them all the same,
   * `strict` refuses what would not hold.
   */
  readonly securityGroupPolicy: 'strict' | 'neutron';
  readonly fleet: Fleet;
  readonly strategy: ScheduleRequest['strategy'];
  /** Which functions may be given out, as Nova says it; null: all. */
  readonly deviceSpecs: readonly DeviceSpec[] | null;
  /** Random bytes, as many as are asked for. */
  readonly random: (bytes: number) => Uint8Array;
}
