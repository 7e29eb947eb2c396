import type { HostDocument } from '@virtfn/contract';
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { hostPath } from '../../../paths/index.ts';
import type { StandingPf } from '../standing.ts';
import { BranchItem } from './branch-item.tsx';
import type { Chosen } from './chosen.ts';
import { Heads } from './heads.tsx';
import { Lines } from './lines.tsx';
import { Node } from './node.tsx';
import { ROW_HEIGHT } from './place-style.ts';
import { planTopology } from './plan-topology.ts';
import { Unconnected } from './unconnected.tsx';

/** So many ways are drawn unless somebody asks for all. */
const USUAL_WAYS = 100;
/** Rows that there is room for when a host has few, and when it has many: the rest is scrolled to. */
const LEAST_ROOM = 6;
const MOST_ROOM = 14;
/** Rows for what may come while somebody looks. */
const SPARE_ROOM = 2;
const UNCONNECTED_ROOM = 2;

interface PictureProps {
  readonly hostId: string;
  readonly isAlive: boolean;
  readonly pfs: readonly StandingPf[];
  readonly machines: HostDocument['machines'];
  readonly chosen: Chosen;
}

/** The way from a host to its machines: columns of nodes with lines between them, and to who hears it a list in a list. */
export function Picture({ hostId, isAlive, pfs, machines, chosen }: PictureProps) {
  const isAll = useSignal(false);
  const most = isAll.value ? Number.POSITIVE_INFINITY : USUAL_WAYS;
  const topology = useMemo(() => planTopology(pfs, machines, isAlive, most), [pfs, machines, isAlive, most]);
  const { branches, lines, rows, hidden, unconnected } = topology;
  const below = unconnected.length === 0 ? 0 : UNCONNECTED_ROOM * ROW_HEIGHT;
  const needed = rows + SPARE_ROOM + below / ROW_HEIGHT;
  // As much as at first: a port that comes moves nothing that is below.
  const room = useRef(Math.min(MOST_ROOM, Math.max(LEAST_ROOM, needed)));
  return (
    <>
      <div
        class="topology"
        role="region"
        aria-labelledby="topology"
        tabIndex={0}
        style={`--room:${room.current * ROW_HEIGHT}px;--height:${rows * ROW_HEIGHT}px;--below:${below}px`}
      >
        <Heads />
        <div class="drawn">
          <Lines lines={lines} rows={rows} />
          <ul aria-label={`From ${hostId} to its virtual machines`}>
            <li>
              <Node
                place={{ column: 'host', row: 0 }}
                href={hostPath(hostId)}
                label={`host ${hostId}, ${isAlive ? 'alive' : 'its agent is gone'}`}
                title={hostId}
                look={isAlive ? undefined : 'bad'}
              >
                <span class={isAlive ? 'good' : 'bad'} aria-hidden="true">
                  {isAlive ? '●' : '▲'}
                </span>
                <span class="name">{hostId}</span>
              </Node>
              <ul aria-label={`PFs of ${hostId}`}>
                {branches.map((branch) => (
                  <BranchItem key={branch.pciAddress} hostId={hostId} branch={branch} chosen={chosen} />
                ))}
              </ul>
            </li>
          </ul>
        </div>
        <Unconnected hostId={hostId} machines={unconnected} chosen={chosen.machine} />
      </div>
      {hidden === 0 ? null : (
        <p>
          {hidden} more are not drawn: what has failed or is being set up is drawn first.{' '}
          <button type="button" onClick={() => (isAll.value = true)}>
            Draw all
          </button>
        </p>
      )}
    </>
  );
}
