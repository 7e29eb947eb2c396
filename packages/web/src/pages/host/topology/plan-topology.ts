import type { HostDocument } from '@virtfn/contract';
import { type PfLink, pfLink } from '../pf-link.ts';
import type { StandingPf, StandingVf } from '../standing.ts';
import { attachmentState, type VfState } from '../vf-state.ts';
import { type Machine, Machines } from './machines.ts';

export type { Machine } from './machines.ts';

/** From the left to the right. */
export type Column = 'host' | 'pf' | 'vf' | 'port' | 'machine';

/** Where a node is: rows are counted from 0, at the top. */
export interface Place {
  readonly column: Column;
  readonly row: number;
}

/** From one node to the next one. */
export interface Line {
  readonly from: Place;
  readonly to: Place;
  readonly look: VfState['name'] | PfLink['name'];
}

/** A VF of which there is something to say, or a whole PF that a port has, and where it leads. */
export interface Way {
  readonly key: string;
  readonly row: number;
  /** null: the whole PF. */
  readonly vf: Pick<StandingVf, 'vfIndex' | 'pciAddress'> | null;
  readonly state: VfState;
  /** null: it is no port’s. */
  readonly portId: string | null;
  /** In one row for all ways that lead to it. */
  readonly machine: (Machine & { readonly row: number }) | null;
}

/** The VFs of a PF that have no row of their own. */
export interface Rest {
  readonly row: number;
  /** Those of which there is nothing to say. */
  readonly idle: { readonly count: number; readonly state: VfState['name']; readonly first: number } | null;
  /** Those that do not fit. */
  readonly hidden: number;
}

/** A PF with its ways. */
export interface Branch {
  readonly pciAddress: string;
  readonly name: string;
  readonly link: PfLink;
  readonly row: number;
  readonly ways: readonly Way[];
  readonly rest: Rest | null;
}

/** Which node is where in the picture of a host. */
export interface Topology {
  readonly branches: readonly Branch[];
  readonly lines: readonly Line[];
  readonly rows: number;
  /** So many ways do not fit. */
  readonly hidden: number;
  /** Those to which no way leads. */
  readonly unconnected: readonly Machine[];
}

/** What is looked for first is drawn first; of the rest, as much as fits. */
const URGENCY: readonly VfState['name'][] = [
  'failed',
  'quarantined',
  'being set up',
  'unknown',
  'held',
  'in use',
];

type Unplaced = Omit<Way, 'row' | 'machine'> & { readonly machine: Machine | null };

/**
 * Plans the picture of a host.
 *
 * Holds: every VF is on one way or is counted in the rest of its PF, no two ways are in one row, each machine is in the row
 * of one of its ways, and ways that have failed are left out last. Pure.
 *
 * @param machines as its host tells of them; undefined: it does not
 * @param most so many ways at most
 */
export function planTopology(
  pfs: readonly StandingPf[],
  machines: HostDocument['machines'],
  isAlive: boolean,
  most: number,
): Topology {
  const known = new Machines(machines ?? []);
  const waysOf = new Map(pfs.map((pf) => [pf, unplacedWays(pf, known)]));
  const all = [...waysOf.values()].flat();
  const drawn = mostUrgent(all, most);
  const machineRows = new Map<string, number>();
  const lines: Line[] = [];
  let row = 0;
  const branches = pfs.map((standing): Branch => {
    const first = row;
    const own = waysOf.get(standing) ?? [];
    const ways = own
      .filter((way) => drawn.has(way))
      .map(({ machine, ...way }): Way => {
        const at = row++;
        if (machine === null) return { ...way, row: at, machine };
        const machineRow = machineRows.get(machine.key) ?? at;
        machineRows.set(machine.key, machineRow);
        return { ...way, row: at, machine: { ...machine, row: machineRow } };
      });
    const rest = restOf(standing, own.length - ways.length, row);
    if (rest !== null || ways.length === 0) row += 1;
    const link = pfLink(standing.pf, isAlive);
    const name = standing.pf?.netdevName ?? standing.pciAddress;
    const branch = { pciAddress: standing.pciAddress, name, link, row: first, ways, rest };
    lines.push(...linesOf(branch));
    return branch;
  });
  const led = new Set(all.flatMap(({ machine }) => machine?.key ?? []));
  return {
    branches,
    lines,
    rows: Math.max(1, row),
    hidden: all.length - drawn.size,
    unconnected: known.without(led),
  };
}

function unplacedWays({ pciAddress, whole, vfs }: StandingPf, machines: Machines): readonly Unplaced[] {
  return [
    ...whole.map((attachment) => ({
      key: attachment.attachmentId,
      vf: null,
      state: attachmentState(attachment),
      portId: attachment.portId,
      machine: machines.ofAttachment(attachment),
    })),
    ...vfs
      .filter((standing) => !isIdle(standing))
      .map((standing) => ({
        key: `${pciAddress}/${standing.vfIndex}`,
        vf: { vfIndex: standing.vfIndex, pciAddress: standing.pciAddress },
        state: standing.state,
        portId: standing.attachment?.portId ?? null,
        machine: machines.ofVf(standing),
      })),
  ];
}

/** Nobody has it, as far as anybody knows. */
function isIdle({ vf, attachment }: StandingVf): boolean {
  return vf !== null && attachment === undefined && vf.attachmentId === null && vf.users.length === 0;
}

function mostUrgent(ways: readonly Unplaced[], most: number): ReadonlySet<Unplaced> {
  if (ways.length <= most) return new Set(ways);
  const rank = ({ state }: Unplaced): number => URGENCY.indexOf(state.name);
  return new Set(ways.toSorted((a, b) => rank(a) - rank(b)).slice(0, most));
}

function restOf({ vfs }: StandingPf, hidden: number, row: number): Rest | null {
  const idle = vfs.filter(isIdle);
  const [first] = idle;
  if (first === undefined) return hidden === 0 ? null : { row, idle: null, hidden };
  return { row, idle: { count: idle.length, state: first.state.name, first: first.vfIndex }, hidden };
}

function linesOf({ row, link, ways, rest }: Branch): readonly Line[] {
  const pf: Place = { column: 'pf', row };
  return [
    { from: { column: 'host', row: 0 }, to: pf, look: link.name },
    ...ways.flatMap((way) => wayLines(pf, way)),
    ...(rest === null
      ? []
      : [{ from: pf, to: { column: 'vf', row: rest.row }, look: rest.idle?.state ?? 'in use' } as const]),
  ];
}

/** From node to node; what a way does not have is passed by. */
function wayLines(pf: Place, { row, vf, portId, machine, state }: Way): readonly Line[] {
  const places: readonly Place[] = [
    pf,
    ...(vf === null ? [] : [{ column: 'vf', row } as const]),
    ...(portId === null ? [] : [{ column: 'port', row } as const]),
    ...(machine === null ? [] : [{ column: 'machine', row: machine.row } as const]),
  ];
  return places.slice(1).map((to, index) => ({ from: places[index] ?? pf, to, look: state.name }));
}
