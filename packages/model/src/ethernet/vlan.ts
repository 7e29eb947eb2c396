import { SriovError } from '../errors/index.ts';

export type VlanProtocol = '802.1q' | '802.1ad';

/** The VLAN that the card puts on and takes off for a VF. `id` 1–4094, `qos` (priority) 0–7. */
export interface Vlan {
  readonly id: number;
  readonly qos: number;
  readonly proto: VlanProtocol;
}

/**
 * Checks the parts of a VLAN. No VLAN is `null`, not id 0.
 *
 * @throws {SriovError} VLAN_INVALID
 */
export function parseVlan(id: number, qos = 0, proto: string = '802.1q'): Vlan {
  const refuse = (why: string): never => {
    throw new SriovError('VLAN_INVALID', `Cannot use VLAN ${id}: ${why}`, { details: { id, qos, proto } });
  };
  if (!Number.isInteger(id) || id < 1 || id > 4094)
    return refuse('the id is not a whole number from 1 to 4094');
  if (!Number.isInteger(qos) || qos < 0 || qos > 7) return refuse(`the priority ${qos} is not from 0 to 7`);
  if (proto !== '802.1q' && proto !== '802.1ad') {
    return refuse(`the protocol "${proto.slice(0, 32)}" is neither 802.1q nor 802.1ad`);
  }
  return { id, qos, proto };
}

export function isSameVlan(a: Vlan | null, b: Vlan | null): boolean {
  if (a === null || b === null) return a === b;
  return a.id === b.id && a.qos === b.qos && a.proto === b.proto;
}

/** A VLAN for people: its number, and priority and protocol where they are not the usual ones. */
export function formatVlan({ id, qos, proto }: Vlan): string {
  return `${id}${qos === 0 ? '' : ` qos ${qos}`}${proto === '802.1q' ? '' : ` ${proto}`}`;
}
