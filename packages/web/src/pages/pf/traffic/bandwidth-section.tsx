import type { HostDocument } from '@virtfn/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Loading, Problem } from '../../../look/index.ts';
import { BandwidthChart, layerNumber } from './bandwidth-chart.tsx';
import { bandwidthWords } from './bandwidth-words.ts';
import { ReadingAge } from './reading-age.tsx';
import { busiestVfs, type Layer, stackVfs } from './stack-vfs.ts';
import type { TrafficHistory } from './traffic-history.ts';
import type { Traffic } from './use-traffic.ts';

type PfDocument = HostDocument['pfs'][number];

/** Below this part of the link a picture up to its limit shows nothing. */
const LITTLE = 0.1;
const WAYS = [
  { way: 'rx', words: 'Received by VFs' },
  { way: 'tx', words: 'Sent by VFs' },
] as const;

interface BandwidthSectionProps {
  readonly pf: PfDocument;
  readonly traffic: Traffic;
  /** Whether what was read last is older than figures may be. */
  readonly isOld: boolean;
  /** Of a VF, in a few words. */
  readonly nameOf: (vfIndex: number) => string;
}

/** What the VFs of a PF pass over time, each way, with the limit of the link. */
export function BandwidthSection({ pf, traffic: { history, error }, isOld, nameOf }: BandwidthSectionProps) {
  const { last, samples } = history;
  /** null: as fits what passes. */
  const asked = useSignal<boolean | null>(null);
  const layersOf = useMemo(() => {
    const own = busiestVfs(history);
    return { rx: stackVfs(history, 'rx', own), tx: stackVfs(history, 'tx', own) };
  }, [history]);
  const times = useMemo(() => samples.map(({ at }) => at), [samples]);
  const limit = pf.carrier ? pf.linkMbps : null;
  const isToLimit = asked.value ?? peakOf(Object.values(layersOf)) > LITTLE * (limit ?? 0);
  return (
    <section class="panel" aria-labelledby="bandwidth">
      <div class="fields">
        <h2 id="bandwidth">Bandwidth</h2>
        {last === null ? null : <ReadingAge at={history.heardAt} isOld={isOld} />}
        {limit === null || last === null || last.vfs.length === 0 ? null : (
          <label>
            <input
              type="checkbox"
              checked={isToLimit}
              onChange={({ currentTarget }) => (asked.value = currentTarget.checked)}
            />{' '}
            Show up to the link’s limit, {bandwidthWords(limit)}
          </label>
        )}
      </div>
      {error === null ? null : <Problem error={error} />}
      {last === null && error === null ? <Loading what="counters" /> : null}
      {last === null ? null : (
        <>
          <Uncounted pf={pf} counted={last.vfs.length} />
          {last.vfs.length === 0 ? null : (
            <div class="charts">
              {WAYS.map(({ way, words }) => (
                <figure key={way}>
                  <figcaption>
                    {words}: <NowOfLimit layers={layersOf[way]} limit={limit} />
                  </figcaption>
                  <BandwidthChart
                    label={`${words} over the last three minutes; the table below has the figures`}
                    times={times}
                    layers={layersOf[way]}
                    limit={limit}
                    isToLimit={isToLimit}
                  />
                </figure>
              ))}
            </div>
          )}
          {layersOf.rx.length === 1 ? null : <LayerLegend layers={layersOf.rx} nameOf={nameOf} />}
          <Own history={history} />
        </>
      )}
    </section>
  );
}

function NowOfLimit({ layers, limit }: { readonly layers: readonly Layer[]; readonly limit: number | null }) {
  const now = layers.at(-1)?.upTo.at(-1) ?? null;
  if (now === null) return <span class="quiet">not known yet</span>;
  const part = limit === null || limit === 0 ? null : Math.round((100 * now) / limit);
  return (
    <>
      <strong>{bandwidthWords(now)}</strong>
      {part === null ? null : <span class="quiet">, {part} % of the link</span>}
    </>
  );
}

/** K11: a driver that does not count says zeros, and a zero would be taken for no traffic. */
function Uncounted({ pf, counted }: { readonly pf: PfDocument; readonly counted: number }) {
  if (counted >= pf.vfs.length) return null;
  return (
    <p class="quiet">
      {counted === 0
        ? `Driver ${pf.driver ?? '(none)'} does not tell what each VF passes, and no VF has an interface on the host that would.`
        : `Driver ${pf.driver ?? '(none)'} does not tell what each VF passes: ${counted} of ${pf.vfs.length} have an interface on the host that does. What the others pass is not known.`}
    </p>
  );
}

function LayerLegend({
  layers,
  nameOf,
}: {
  readonly layers: readonly Layer[];
  readonly nameOf: (vfIndex: number) => string;
}) {
  return (
    <ul class="legend" aria-label="Colours of VFs">
      {layers.map(({ vfIndex }, at) => (
        <li key={vfIndex} class="badge">
          <span class={`layer layer-${layerNumber(vfIndex, at)}`} aria-hidden="true" />
          {vfIndex === null ? 'All others' : nameOf(vfIndex)}
        </li>
      ))}
    </ul>
  );
}

function Own({ history: { samples } }: { readonly history: TrafficHistory }) {
  const latest = samples.at(-1);
  if (latest === undefined || latest.vfs === null) return null;
  if (latest.own === null) return null;
  const { rx, tx } = latest.own;
  return (
    <p class="quiet">
      The PF’s own interface receives {bandwidthWords(rx)} and sends {bandwidthWords(tx)}. With some drivers
      what VFs pass is in it.
    </p>
  );
}

function peakOf(stacks: readonly (readonly Layer[])[]): number {
  return Math.max(0, ...stacks.flatMap((layers) => layers.at(-1)?.upTo ?? []).map((each) => each ?? 0));
}
