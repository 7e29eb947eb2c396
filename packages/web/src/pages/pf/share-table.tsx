import { Link } from 'wouter-preact';
import { Empty } from '../../look/index.ts';
import type { Share } from './shares.ts';
import { bandwidthWords, type LatestRates, type Rate } from './traffic/index.ts';

interface ShareTableProps {
  readonly shares: readonly Share[];
  readonly latest: LatestRates;
  /** Mbit/s; null: not known. */
  readonly linkMbps: number | null;
  readonly addressOf: (vfIndex: number) => string;
}

/** Who shares the link, what each may send at least and at most, and what each passes now. */
export function ShareTable({ shares, latest, linkMbps, addressOf }: ShareTableProps) {
  if (shares.length === 0) return <Empty>Nobody has a VF of this PF.</Empty>;
  const guaranteed = shares.reduce((sum, { minMbps }) => sum + (minMbps ?? 0), 0);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">VF</th>
            <th scope="col">Port</th>
            <th scope="col">Who has it</th>
            <th scope="col" class="figure">
              Minimum
            </th>
            <th scope="col" class="figure">
              Maximum
            </th>
            <th scope="col" class="figure">
              Receives
            </th>
            <th scope="col" class="figure">
              Sends
            </th>
          </tr>
        </thead>
        <tbody>
          {shares.map(({ vfIndex, pciAddress, portId, owner, minMbps, maxMbps }) => {
            return (
              <tr key={vfIndex}>
                <th scope="row">
                  <Link href={addressOf(vfIndex)}>VF {vfIndex}</Link> <code class="quiet">{pciAddress}</code>
                </th>
                <td>{portId === null ? '' : <Link href={`/ports/${portId}`}>{portId.slice(0, 8)}</Link>}</td>
                <td>{owner}</td>
                <td class="figure">{rateWords(minMbps, 'none')}</td>
                <td class="figure">{rateWords(maxMbps, 'the link')}</td>
                <td class="figure">
                  <Now latest={latest} vfIndex={vfIndex} way="rx" />
                </td>
                <td class="figure">
                  <Now latest={latest} vfIndex={vfIndex} way="tx" />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {guaranteed === 0 ? null : (
        <p class="quiet">
          Minimum rates come to {bandwidthWords(guaranteed)}
          {linkMbps === null ? '' : ` of ${bandwidthWords(linkMbps)}`}.
        </p>
      )}
    </>
  );
}

const rateWords = (mbps: number | null, none: string) =>
  mbps === null ? <span class="quiet">{none}</span> : bandwidthWords(mbps);

interface NowProps {
  readonly latest: LatestRates;
  readonly vfIndex: number;
  readonly way: keyof Rate;
}

function Now({ latest: { counted, rates }, vfIndex, way }: NowProps) {
  const rate = rates.get(vfIndex);
  if (rate !== undefined) return <>{bandwidthWords(rate[way])}</>;
  if (counted === null || counted.has(vfIndex)) return <span class="quiet">not known</span>;
  return (
    <span class="quiet" title="Nobody counts what this VF passes">
      not counted
    </span>
  );
}
